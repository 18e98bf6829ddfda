//! What it costs to start a task, to give way, to send a message there and back, to set a limit,
//! and to be there: `coroutines/WORKLOAD/CONTENDER`.
//!
//! | workload | one iteration, in ns | timed with it |
//! | --- | --- | --- |
//! | `spawn-and-await` | a task that returns 1 is started, and awaited by the one that started it | its memory, taken and given back |
//! | `yield 1`, `yield 2`, `yield 1000` | one of 1, 2 or 1000 tasks wakes itself and yields; each does so 1000 times | starting and joining the tasks, a 1000th each |
//! | `ping-pong` | a number goes to a second task and comes back, by two channels with room for one | two messages, four polls |
//! | `timers` | one of 1000 tasks sets a limit of an hour, yields, and drops it, as one in time does | |
//!
//! Not timed: the making of runtimes, threads' pools and coroutine stacks, and of Python, which
//! runs once and times itself. Before a contender is timed, its workload is run seven times (or a
//! little more) and what comes out is checked.
//!
//! `memory` is counted, not timed: a line each for what 100 000 tasks that wait for ever have asked
//! of the allocator. Where stacks are mapped, and in Python, it is by how much the resident pages
//! have grown, for 1000 of them (Python: 100 000); a thread's part in the kernel is not in it.
//!
//! Why it is fair: all runtimes are asked by the same futures, in a release build, and each has the
//! settings that its documentation advises for this use: tokio spawns its tasks and is not asked
//! from outside of them, and has timers only where they are asked for; `two threads` is its
//! work-stealing runtime. `LocalPool` is futures-executor's, for one thread as ours is; it has no
//! timers. `async-executor` is smol's, as its `LocalExecutor`, without smol's reactor and so without
//! timers too. Each runtime has the channel that comes with it; `ours, tokio's channel` tells a
//! runtime's part from its channel's. `tokio, its own` gives way by tokio's `yield_now`, which goes
//! to the end of the line behind sockets and timers as well. `stackful (limit)` is no runtime: a
//! corosensei coroutine that is resumed by hand, without queue, waker or handle, on a stack that is
//! used again; what is left of each workload is the switch. `two futures (limit)` is the least that
//! two tasks take: a queue, a waker and a cell, and nothing to spawn, end or catch. `threads` are
//! the system's, with the standard library's `sync_channel`. `asyncio` is Python's own loop. Some
//! have far more to offer than others for what they cost: the topic's page says what.

use std::time::{Duration, Instant};

use async_executor::LocalExecutor;
use bench::python::{Python, Pythons};
use bench::work::give_way;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult};
use coroutines::executor::{self, Executor};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use futures_executor::{LocalPool, block_on};
use futures_util::task::LocalSpawnExt;
use tokio::runtime::{Builder, Runtime};

#[path = "coroutines/limit.rs"]
mod limit;
#[path = "coroutines/memory.rs"]
mod memory;
#[path = "coroutines/messages.rs"]
mod messages;

/// How often each task gives way in one run.
const TIMES: u64 = 1000;

async fn many_times() -> u64 {
    for _ in 0..TIMES {
        give_way().await;
    }
    TIMES
}

/// How long it took, and what came out.
type Ran = (Duration, u64);

/// Has Python run a workload `times` times.
fn by(python: &mut Python, workload: &str, times: u64) -> Ran {
    let [nanoseconds, out] = python.ask(format_args!("{workload} {times}"));
    (Duration::from_nanos(nanoseconds), out)
}

/// Runs `each` `times` times, one after the other, and adds up what comes out.
async fn timed<F: Future<Output = u64>>(times: u64, each: impl Fn() -> F) -> Ran {
    let began = Instant::now();
    let mut sum = 0;
    for _ in 0..times {
        sum += each().await;
    }
    (began.elapsed(), sum)
}

/// Runs this `times` times, without a task, and adds up.
fn timed_here(times: u64, each: impl FnMut() -> u64) -> Ran {
    let began = Instant::now();
    let sum = std::iter::repeat_with(each).take(times as usize).sum();
    (began.elapsed(), sum)
}

/// A workload, and its contenders one by one.
struct Group<'a>(BenchmarkGroup<'a, WallTime>);

impl<'a> Group<'a> {
    fn new(criterion: &'a mut Criterion, name: &str) -> Self {
        let mut group = criterion.benchmark_group(format!("coroutines/{name}"));
        group.sample_size(15).warm_up_time(Duration::from_millis(250));
        group.measurement_time(Duration::from_millis(800));
        Self(group)
    }

    /// Checks a contender, and times it. What comes out of the iterations is their number.
    fn run(&mut self, name: &str, mut run: impl FnMut(u64) -> Ran) {
        assert!(bench::listing() || run(7).1 == 7, "{name} does something else");
        self.0.bench_function(name, |bencher| bencher.iter_custom(|times| run(times).0));
    }

    /// Does so with a contender that always does a certain number at once, and counts the part that
    /// was asked for.
    fn run_by(&mut self, at_once: u64, name: &str, mut run: impl FnMut(u64) -> Ran) {
        let mut rounds = |times: u64| {
            let rounds = times.div_ceil(at_once);
            let (time, sum) = run(rounds);
            assert_eq!(sum, rounds * at_once, "{name} does something else");
            time.mul_f64(times as f64 / sum as f64)
        };
        if !bench::listing() {
            rounds(1);
        }
        self.0.bench_function(name, |bencher| bencher.iter_custom(&mut rounds));
    }
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().expect("there is room for a runtime")
}

fn tokios() -> [(&'static str, Runtime); 2] {
    let two = Builder::new_multi_thread().worker_threads(2).enable_time().build();
    [
        ("tokio, current thread", one_thread()),
        ("tokio, two threads", two.expect("there is room for a runtime")),
    ]
}

/// Runs a future as a task of tokio's, as its documentation advises: one outside of them is at a
/// disadvantage.
fn as_a_task<F>(runtime: &Runtime, future: F) -> F::Output
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    runtime.block_on(async { tokio::spawn(future).await.expect("it ends") })
}

fn spawn_and_await(criterion: &mut Criterion, pythons: &mut Pythons) {
    let mut group = Group::new(criterion, "spawn-and-await");
    let executor = Executor::new();
    let ours = || async { executor::spawn(async { 1 }).await.expect("it ends") };
    group.run("ours", |times| executor.block_on(timed(times, ours)));
    for (name, runtime) in tokios() {
        let spawn = || async { tokio::spawn(async { 1 }).await.expect("it ends") };
        group.run(name, |times| as_a_task(&runtime, timed(times, spawn)));
    }
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    let spawn = || spawner.spawn_local_with_handle(async { 1 }).expect("the pool is there");
    group.run("LocalPool", |times| pool.run_until(timed(times, spawn)));
    let executor = LocalExecutor::new();
    let spawn = || executor.spawn(async { 1 });
    group.run("async-executor", |times| block_on(executor.run(timed(times, spawn))));
    let mut stack = Some(DefaultStack::default());
    group.run("stackful (limit)", |times| {
        timed_here(times, || {
            let here = stack.take().expect("it is given back");
            let mut coroutine = Coroutine::<(), (), u64, _>::with_stack(here, |_, ()| 1);
            let sum = coroutine.resume(()).as_return().unwrap_or(0);
            stack = Some(coroutine.into_stack());
            sum
        })
    });
    group.run("threads", |times| {
        timed_here(times, || std::thread::spawn(|| 1).join().expect("it does not panic"))
    });
    pythons.each(|python| {
        group.run(&python.asyncio(), |times| by(python, "spawn", times));
        if python.interpreter().version >= [3, 12, 0] {
            let name = format!("{}, eager", python.asyncio());
            group.run(&name, |times| by(python, "spawn-eager", times));
        }
    });
}

fn give_ways(criterion: &mut Criterion, pythons: &mut Pythons) {
    for tasks in [1, 2, 1000] {
        let mut group = Group::new(criterion, &format!("yield {tasks}"));
        let executor = Executor::new();
        group.run_by(tasks * TIMES, "ours", |rounds| {
            timed_here(rounds, || {
                executor.block_on(async {
                    let mut sum = 0;
                    for handle in
                        (0..tasks).map(|_| executor::spawn(many_times())).collect::<Vec<_>>()
                    {
                        sum += handle.await.expect("it ends");
                    }
                    sum
                })
            })
        });
        for (name, runtime) in tokios() {
            group.run_by(tasks * TIMES, name, |rounds| {
                timed_here(rounds, || {
                    as_a_task(&runtime, async move {
                        let mut sum = 0;
                        for handle in
                            (0..tasks).map(|_| tokio::spawn(many_times())).collect::<Vec<_>>()
                        {
                            sum += handle.await.expect("it ends");
                        }
                        sum
                    })
                })
            });
        }
        let mut pool = LocalPool::new();
        let spawner = pool.spawner();
        group.run_by(tasks * TIMES, "LocalPool", |rounds| {
            timed_here(rounds, || {
                let spawn =
                    |_| spawner.spawn_local_with_handle(many_times()).expect("the pool is there");
                let handles: Vec<_> = (0..tasks).map(spawn).collect();
                pool.run_until(async {
                    let mut sum = 0;
                    for handle in handles {
                        sum += handle.await;
                    }
                    sum
                })
            })
        });
        let executor = LocalExecutor::new();
        group.run_by(tasks * TIMES, "async-executor", |rounds| {
            timed_here(rounds, || {
                let handles: Vec<_> = (0..tasks).map(|_| executor.spawn(many_times())).collect();
                block_on(executor.run(async {
                    let mut sum = 0;
                    for handle in handles {
                        sum += handle.await;
                    }
                    sum
                }))
            })
        });
        if tasks == 1 {
            give_ways_of_one(&mut group, pythons);
        }
    }
}

/// What gives way in another manner, one of each.
fn give_ways_of_one(group: &mut Group<'_>, pythons: &mut Pythons) {
    let runtime = one_thread();
    group.run("tokio, its own", |times| {
        let give_way = || async {
            tokio::task::yield_now().await;
            1
        };
        as_a_task(&runtime, timed(times, give_way))
    });
    // It goes on for as long as it is told to, and is told the end: what is left on its stack needs
    // no unwinding then.
    let mut coroutine = Coroutine::<bool, u64, ()>::new(|yielder, mut goes_on| {
        while goes_on {
            goes_on = yielder.suspend(1);
        }
    });
    group.run("stackful (limit)", |times| {
        timed_here(times, || coroutine.resume(true).as_yield().unwrap_or(0))
    });
    assert!(matches!(coroutine.resume(false), CoroutineResult::Return(())));
    pythons.each(|python| group.run(&python.asyncio(), |times| by(python, "yield", times)));
}

fn all(criterion: &mut Criterion) {
    let mut pythons = Pythons::start("coroutines", &[]);
    if !std::env::args().any(|argument| ["--list", "--quick"].contains(&argument.as_str())) {
        memory::memory(&mut pythons);
    }
    spawn_and_await(criterion, &mut pythons);
    give_ways(criterion, &mut pythons);
    messages::ping_pongs(criterion, &mut pythons);
    messages::timers(criterion, &mut pythons);
}

bench::main!(all);
