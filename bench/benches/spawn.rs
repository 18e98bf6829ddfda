//! What it costs to start somebody who does a job, and to wait for the end of it.
//!
//! `spawn/start-and-join`: the job is a call of an empty function; ns for starting whoever does it,
//! and for waiting until it is done. `call` is that call alone: the limit. `kept thread` starts
//! nobody: the job goes over a channel to a thread that is there already, and an answer comes back;
//! `pool` is the same by a pool in earnest. A task of tokio's and a coroutine of our executor's are
//! started by the thread that waits for them, from outside the runtime; `coroutines` has what it
//! costs from inside. One at a time, by all contenders, each as its documentation has it. Pools,
//! runtimes and what is kept are there before anything is timed. `two hand-overs (limit)` is no
//! job: two threads wake each other by a futex, there and back, as a job for a kept thread has to.
//!
//! `spawn/one-core`: `thread` and `kept thread` once more, with all threads on one core.
//!
//! `spawn/a-process`: the same with a process, which does nothing and ends; `fork`, `spawn` and
//! `fork server` are the topic's own, with deadline, streams and guard, beside one thread.
//! `start_methods` has the rest, with more memory in the parent.
//!
//! Python's do as much, in one interpreter that times itself; its `Process` starts as Python does
//! by default (on Linux by a fork, before 3.14).
//!
//! Elsewhere nobody is pinned to a core: a thread may start on the core of its starter or on
//! another, and waking one there costs many times as much.

use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::thread::{self, Builder};
use std::time::Duration;

use bench::python::Pythons;
use coroutines::executor::Executor;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use processes::start::Stopwatch;
use thread_pool::{self as pool, Pool, StealingPool};
use threads_basics::baton::Baton;
use threads_basics::cores;
use tokio::runtime;

/// The job.
fn job() -> u32 {
    black_box(1)
}

/// Adds a contender, which is asked once whether the job is done before anything is timed.
fn contender(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut one: impl FnMut() -> u32) {
    assert_eq!(one(), 1, "{name}");
    group.bench_function(name, |bencher| bencher.iter(&mut one));
}

/// Adds a thread that is started for the job, and one that is kept for it.
fn new_and_kept(group: &mut BenchmarkGroup<'_, WallTime>) {
    contender(group, "thread", || thread::spawn(job).join().expect("the job does not panic"));
    let (to_thread, jobs) = sync_channel::<fn() -> u32>(1);
    let (to_starter, answers) = sync_channel(1);
    let kept = thread::spawn(move || jobs.iter().all(|job| to_starter.send(job()).is_ok()));
    contender(group, "kept thread", || {
        to_thread.send(job).expect("it is there");
        answers.recv().expect("it answers")
    });
    drop(to_thread);
    assert!(kept.join().expect("the job does not panic"), "it was never hung up on");
}

/// Adds what a job for a kept thread cannot do without: two wake-ups, there and back.
fn two_hand_overs(group: &mut BenchmarkGroup<'_, WallTime>) {
    let (baton, done) = (Baton::between_threads(), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                baton.take(1);
                baton.pass(0);
            }
        });
        contender(group, "two hand-overs (limit)", || {
            baton.pass(1);
            baton.take(0);
            job()
        });
        done.store(true, Relaxed);
        baton.pass(1);
    });
}

fn start_and_join(criterion: &mut Criterion, pythons: &mut Pythons) {
    let mut group = criterion.benchmark_group("spawn/start-and-join");
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));

    contender(&mut group, "call (limit)", job);
    new_and_kept(&mut group);
    two_hand_overs(&mut group);
    contender(&mut group, "thread, named, stack of 64 KiB", || {
        let builder = Builder::new().name("worker".into()).stack_size(64 * 1024);
        let thread = builder.spawn(job).expect("there is room for another thread");
        thread.join().expect("the job does not panic")
    });
    contender(&mut group, "thread, scoped", || {
        thread::scope(|scope| scope.spawn(job).join().expect("the job does not panic"))
    });
    let pool: StealingPool =
        pool::Builder::new().workers(2).build().expect("there is room for two threads");
    contender(&mut group, "pool (ours)", || {
        let handle = pool.submit(job).expect("it has no bound, and is not shut down");
        handle.wait().expect("the job does not panic")
    });
    let executor = Executor::new();
    contender(&mut group, "coroutine (ours)", || {
        executor.block_on(executor.spawn(async { job() })).expect("the job does not panic")
    });
    for (name, runtime) in [
        ("task, tokio, one thread", runtime::Builder::new_current_thread().build()),
        (
            "task, tokio, two threads",
            runtime::Builder::new_multi_thread().worker_threads(2).build(),
        ),
    ] {
        let runtime = runtime.expect("there is room for two threads");
        contender(&mut group, name, || {
            runtime.block_on(runtime.spawn(async { job() })).expect("the job does not panic")
        });
    }
    by_python(&mut group, pythons, &["Thread", "ThreadPoolExecutor", "asyncio task"]);
    group.finish();
}

/// Adds Python's contenders.
fn by_python(group: &mut BenchmarkGroup<'_, WallTime>, pythons: &mut Pythons, names: &[&str]) {
    pythons.each(|python| {
        for name in names {
            group.bench_function(format!("{}, {name}", python.name()), |bencher| {
                bencher.iter_custom(|times| python.time(format_args!("{times} {name}")));
            });
        }
    });
}

fn a_process(criterion: &mut Criterion, pythons: &mut Pythons) {
    let mut group = criterion.benchmark_group("spawn/a-process");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600));
    let deadline = Duration::from_secs(600);
    let mut stopwatch =
        Stopwatch::ours(Path::new("/proc/self/exe"), 0, deadline).expect("it is this program");
    for (name, method) in [
        ("fork, bare (limit)", "bare-fork"),
        ("fork (ours)", "fork"),
        ("spawn (ours)", "spawn"),
        ("fork server (ours)", "fork-server"),
    ] {
        stopwatch.time(method, 1).expect("it starts");
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| stopwatch.time(method, times).expect("it starts"));
        });
    }
    by_python(&mut group, pythons, &["Process by fork"]);
    group.finish();
}

fn spawn(criterion: &mut Criterion) {
    let mut pythons = Pythons::start("spawn", &[]);
    start_and_join(criterion, &mut pythons);
    a_process(criterion, &mut pythons);
    // The last: this thread stays on that core.
    if let Some(&core) = cores::cores().first() {
        cores::pin(core);
        let mut group = criterion.benchmark_group("spawn/one-core");
        group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
        new_and_kept(&mut group);
        group.finish();
    }
}

fn main() {
    kit::child::enter(processes::start::CHILDREN);
    bench::run!(spawn);
}
