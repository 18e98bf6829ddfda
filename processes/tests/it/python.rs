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

#[test]
fn pythons_fork_with_a_thread_that_has_a_lock_leaves_it_locked_in_the_child() {
    let script = "
import os, threading, warnings
warnings.simplefilter('ignore')
lock, held, done = threading.Lock(), threading.Event(), threading.Event()
def hold():
    with lock:
        held.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    os._exit(0 if lock.acquire(timeout=0.2) else 7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
done.set()
thread.join()
";
    if let Some(said) = python(script) {
        assert_eq!(said, "7", "it gave up: no thread in the child could release it");
    }
}
