//! What `PYTHON.md` states about Python's processes, if there is a Python to ask.

use checks::python;

#[test]
fn pythons_cpu_count_knows_nothing_of_a_limit() {
    let script = "
import os
online = os.cpu_count()
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
print(os.cpu_count() == online, len(os.sched_getaffinity(0)))
";
    if cfg!(target_os = "linux")
        && let Some(said) = python(script)
    {
        assert_eq!(said, "True 1");
    }
}
