//! What a child costs by each start method: from the request until its exit code is there.
//!
//! `start_methods/small`: the parent is this program once more, with one thread and a few MiB of
//! memory; the child does nothing. `bare fork` is a fork, `_exit` and a wait, without deadline,
//! job, streams or guard: the limit. `bare fork by another process` is the limit of a fork server:
//! one byte through a socketpair asks a process for a bare fork, and one byte answers when the
//! child has been reaped. `bare fork by another process, for this one` is the limit of a server that
//! leaves the waiting to its client (`CLONE_PARENT`): a byte asks, a PID answers, and the client waits
//! for a child of its own. `bare fork server` does besides what each such server has to: two files
//! come with the request, and the child's streams are exchanged for them and /dev/null; and the child
//! has a time to live. `bare fork ahead` is the limit of a server that forks before it is asked:
//! two children wait, one of them receives the byte and ends, and the process that reaps it answers,
//! and then forks the next. `start_methods/256 MiB`: the same, but the parent has written to 256 MiB.
//!
//! Python's three do the same (`Process(target=int)`, start, join) where there is a `python3`. A
//! template, where there is one, is started before the clock is. Nobody is pinned to a core.

use std::path::Path;
use std::time::Duration;

use bench::python::{gone, interpreters, until_gone};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use processes::start::{Method, Stopwatch, check_forks_for_parent};

const DEADLINE: Duration = Duration::from_secs(600);

fn start_methods(criterion: &mut Criterion) {
    for (name, mib) in [("small", 0), ("256 MiB", 256)] {
        let mut group = criterion.benchmark_group(format!("start_methods/{name}"));
        // The slow ones are a thousand times as slow as the fast ones, and are not asked more often
        // than they have to be.
        group.sampling_mode(SamplingMode::Flat);
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        let ours = Stopwatch::ours(Path::new("/proc/self/exe"), mib, DEADLINE)
            .expect("it is this program");
        let methods = Method::ALL.map(Method::name);
        let limits = ["bare-fork", "asked-fork", "sibling-fork", "bare-server", "ahead-fork"];
        let mut contenders = [&methods[..], &limits].concat();
        if let Err(why) = check_forks_for_parent() {
            eprintln!("ours by a fork server, and its limits, are left out: {why}");
            contenders.retain(|name| ["fork", "spawn", "bare-fork", "asked-fork"].contains(name));
        }
        compare(&mut group, "ours", ours, &contenders);
        for python in interpreters() {
            until_gone(&python.name, || match Stopwatch::python(python.command(), mib, DEADLINE) {
                Ok(Some(watch)) => compare(&mut group, &python.name, watch, &methods),
                Ok(None) => gone("it is not there any more".to_owned()),
                Err(error) => gone(error.to_string()),
            });
        }
        group.finish();
    }
}

/// Times the methods of one party.
fn compare(
    group: &mut BenchmarkGroup<'_, WallTime>,
    whose: &str,
    mut stopwatch: Stopwatch,
    methods: &[&str],
) {
    let mut time = |method: &str, times| {
        stopwatch.time(method, times).unwrap_or_else(|error| gone(error.to_string()))
    };
    for method in methods {
        time(method, 1);
        let contender = match *method {
            "bare-fork" => "bare fork (limit)".into(),
            "asked-fork" => "bare fork by another process (limit)".into(),
            "sibling-fork" => "bare fork by another process, for this one (limit)".into(),
            "bare-server" => "bare fork server (limit)".into(),
            "ahead-fork" => "bare fork ahead (limit)".into(),
            _ => format!("{method} ({whose})"),
        };
        group.bench_function(contender, |bencher| {
            bencher.iter_custom(|times| time(method, times));
        });
    }
}

fn main() {
    kit::child::enter(processes::start::CHILDREN);
    bench::run!(start_methods);
}
