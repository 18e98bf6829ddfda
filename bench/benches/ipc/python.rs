//! Python's means, timed from inside one interpreter that lives for a whole group.

use bench::python::Python;
use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;

/// Adds Python's contenders to a group.
pub(crate) fn contenders(
    group: &mut BenchmarkGroup<'_, WallTime>,
    python: Option<&mut Python>,
    way: &str,
    size: usize,
) {
    let Some(python) = python else { return };
    for (name, means) in
        [("python3, Pipe", "pipe"), ("python3, Queue", "queue"), ("python3, shared_memory", "memory")]
    {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| python.time(&format!("{means} {way} {size} {times}")));
        });
    }
}
