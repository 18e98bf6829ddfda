//! What a pool costs: our two beside those that people use, tokio, a thread for each task, and
//! Python's `ThreadPoolExecutor`.
//!
//! Every contender has 2 workers, is started before anything is timed and ended after, and gets its
//! tasks from one thread outside of it. The time is from the first submission to the end of the
//! last task, divided by the number of tasks: it is the submitter's time and the workers' together,
//! not the latency of one task. What the tasks come to is checked once before anything is timed.
//!
//! `pools/empty`: tasks that carry a number and do nothing but count themselves, on one counter for
//! all; nobody asks for a result. 100 000 a round (1 000 for a thread for each task, 2 000 for
//! Python). "In the caller" puts each task into a box and runs it at once, on the submitting
//! thread; "in two threads" does so with half of them in each of two: what two workers need where
//! tasks come to them for nothing, since all count on one counter. "By 256" submits 256 in one
//! call, for pools that have such a call.
//!
//! `pools/result`: tasks that return a number. All are submitted, then all results are fetched, as
//! each contender means it: by handles, if it has them; over one `std::sync::mpsc` channel for all,
//! as `threadpool` documents it, if not. As many a round as above.
//!
//! `pools/20us`: tasks that compute for about 20 us (calibrated at the start; Python's does by its
//! own clock). 1 000 a round. With both cores at work all the time, a task takes 10 us; `rayon
//! par_iter` knows all tasks beforehand, and divides them.
//!
//! `pools/skewed`: 2 048 tasks a round, of which each 64th computes for 200 us and the others for 2
//! us; the last is a long one.
//!
//! `pools/fork-join` (in `pools/fork_join.rs`): tasks that wait for tasks; where the recursion
//! begins is put into the pool from outside.
//!
//! Compare within one run: two cores that others use as well may double any of these figures. With
//! `cargo run -p bench -- --check thread-pool` the contenders take turns, so that it doubles all.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use rayon::prelude::*;

#[path = "pools/contenders.rs"]
mod contenders;
#[path = "pools/fork_join.rs"]
mod fork_join;

use bench::python::Pythons;
use contenders::{Channel, Contender, InCaller, Mpsc, PerTask, Rayon, Stealing, Threadpool, Tokio};

/// How many workers everybody has.
const WORKERS: usize = 2;

/// The number of tasks of this round that are not over, and the thread that waits for them.
static LEFT: AtomicUsize = AtomicUsize::new(0);
static WAITS: OnceLock<Thread> = OnceLock::new();

/// Notes that a task is over.
fn over() {
    // Release, and acquire in `timed`: what a task has done is seen by who waited for it.
    if LEFT.fetch_sub(1, Ordering::AcqRel) == 1 {
        WAITS.get().expect("it is set before the first task").unpark();
    }
}

/// A task that does next to nothing. It has something to carry, as tasks have: one without would
/// need no place in memory.
fn small(number: usize) -> impl FnOnce() + Send + 'static {
    move || {
        black_box(number);
        over();
    }
}

/// Returns how long it takes until `tasks` tasks are over.
fn timed(tasks: usize, submit: impl FnOnce()) -> Duration {
    WAITS.get_or_init(thread::current);
    LEFT.store(tasks, Ordering::Relaxed);
    let begun = Instant::now();
    submit();
    while LEFT.load(Ordering::Acquire) > 0 {
        thread::park();
    }
    begun.elapsed()
}

/// Steps of work: each needs the result of the one before, so that a processor cannot do two at
/// once.
fn work(steps: u32) {
    let mut state = 1_u32;
    for _ in 0..steps {
        state = black_box(state.wrapping_mul(747_796_405).wrapping_add(1));
    }
}

/// Returns how many steps of work take a microsecond.
fn steps_a_microsecond() -> u32 {
    const STEPS: u32 = 1_000_000;
    let best = (0..10).map(|_| {
        let begun = Instant::now();
        work(STEPS);
        begun.elapsed()
    });
    let best = best.min().unwrap_or_default();
    (f64::from(STEPS) / (best.as_secs_f64() * 1e6)).round() as u32
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("pools/{name}"));
    group.sample_size(15).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
    group
}

/// Times rounds of `tasks` tasks; what is reported is the time of one task.
fn rounds(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    tasks: usize,
    mut round: impl FnMut() -> Duration,
) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| round()).sum::<Duration>() / tasks as u32);
    });
}

/// Checks that each task is run exactly once, and that the results arrive.
fn checked<C: Contender>(pool: &C) {
    if bench::listing() {
        return;
    }
    static RUN: AtomicU64 = AtomicU64::new(0);
    RUN.store(0, Ordering::Relaxed);
    timed(63, || {
        for task in 0..63 {
            pool.spawn(move || {
                // Twice the same would carry into the next bit.
                RUN.fetch_add(1 << task, Ordering::Relaxed);
                over();
            });
        }
    });
    assert_eq!(RUN.load(Ordering::Relaxed), (1 << 63) - 1, "{}", C::NAME);
    assert_eq!(pool.results(1_000), 1_000 * 999 / 2, "{}", C::NAME);
}

fn empty<C: Contender>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let pool = C::start();
    checked(&pool);
    let tasks = C::TASKS;
    rounds(group, C::NAME, tasks, || {
        timed(tasks, || (0..tasks).map(small).for_each(|task| pool.spawn(task)))
    });
    if C::BATCHES {
        let name = format!("{}, by 256", C::NAME);
        let batches = || (0..tasks).step_by(256).map(|first| 256.min(tasks - first));
        rounds(group, &name, tasks, || {
            timed(tasks, || batches().for_each(|size| pool.spawn_all((0..size).map(small))))
        });
    }
}

fn in_two_threads(group: &mut BenchmarkGroup<'_, WallTime>) {
    let (tasks, half) = (InCaller::TASKS, InCaller::TASKS / 2);
    let run = || (0..half).map(small).for_each(|task| InCaller.spawn(task));
    rounds(group, "in two threads (limit)", tasks, || {
        timed(tasks, || thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(run)))))
    });
}

fn result<C: Contender>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let (pool, tasks) = (C::start(), C::TASKS as u64);
    rounds(group, C::NAME, C::TASKS, || {
        let begun = Instant::now();
        assert_eq!(pool.results(tasks), tasks * (tasks - 1) / 2);
        begun.elapsed()
    });
}

fn computing<C: Contender>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    tasks: usize,
    steps: impl Fn(usize) -> u32,
) {
    let pool = C::start();
    rounds(group, C::NAME, tasks, || {
        timed(tasks, || {
            for task in 0..tasks {
                let steps = steps(task);
                pool.spawn(move || {
                    work(steps);
                    over();
                });
            }
        })
    });
}

fn par_iter(
    group: &mut BenchmarkGroup<'_, WallTime>,
    tasks: usize,
    steps: impl Fn(usize) -> u32 + Sync,
) {
    let pool = Rayon::start();
    rounds(group, "rayon par_iter", tasks, || {
        let begun = Instant::now();
        pool.0.install(|| (0..tasks).into_par_iter().for_each(|task| work(steps(task))));
        begun.elapsed()
    });
}

macro_rules! each {
    ($run:ident $arguments:tt, $($Contender:ty),*) => {
        $($run::<$Contender> $arguments;)*
    };
}

fn tasks(criterion: &mut Criterion) {
    let mut pythons = Pythons::start("pools", &[WORKERS as u64]);
    let mut by_python = |group: &mut BenchmarkGroup<'_, WallTime>, workload, tasks| {
        pythons.each(|python| {
            let name = python.name().to_owned();
            rounds(group, &name, tasks, || python.time(format_args!("{workload} {tasks}")));
            if python.interpreter().has_interpreters {
                let name = format!("{name}, interpreters");
                let run = || python.time(format_args!("interpreters/{workload} {tasks}"));
                rounds(group, &name, tasks, run);
            }
        });
    };

    let mut group = self::group(criterion, "empty");
    in_two_threads(&mut group);
    each!(empty(&mut group), InCaller, Stealing, Channel, Rayon, Threadpool, Mpsc, Tokio, PerTask);
    by_python(&mut group, "empty", 2_000);
    group.finish();

    let mut group = self::group(criterion, "result");
    each!(result(&mut group), Stealing, Channel, Rayon, Threadpool, Mpsc, Tokio, PerTask);
    by_python(&mut group, "result", 2_000);
    group.finish();

    let microsecond = steps_a_microsecond();
    let equal = |_| 20 * microsecond;
    let mut group = self::group(criterion, "20us");
    each!(computing(&mut group, 1_000, equal), InCaller, Stealing, Channel, Rayon);
    par_iter(&mut group, 1_000, equal);
    each!(computing(&mut group, 1_000, equal), Threadpool, Mpsc, Tokio, PerTask);
    by_python(&mut group, "20us", 1_000);
    group.finish();

    let skewed = |task: usize| if task % 64 == 63 { 200 * microsecond } else { 2 * microsecond };
    let mut group = self::group(criterion, "skewed");
    each!(computing(&mut group, 2_048, skewed), InCaller, Stealing, Channel, Rayon);
    par_iter(&mut group, 2_048, skewed);
    each!(computing(&mut group, 2_048, skewed), Threadpool, Mpsc, Tokio);
    group.finish();
}

fn main() {
    bench::run!(tasks, fork_join::fork_join);
}
