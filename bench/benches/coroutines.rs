//! What it costs to start a task, to give way, to send a message there and back, to set a limit, and to be there: `coroutines/WORKLOAD/CONTENDER`.
//!
//! | workload | one iteration, in ns | timed with it |
//! | --- | --- | --- |
//! | `spawn-and-await` | a task that returns 1 is started, and awaited by the one that started it | its memory, taken and given back |
//! | `yield` | one of 1, 2 or 1000 tasks wakes itself and gives way; each does so 1000 times | starting and joining the tasks, a 1000th each |
//! | `ping-pong` | a number goes to a second task and comes back, by two channels with room for one | two messages, four polls |
//! | `timers` | one of 1000 tasks sets a limit of an hour, gives way, and drops it, as one in time does | |
//!
//! Not timed: the making of runtimes, threads' pools and coroutine stacks, and of Python, which runs once and times itself.
//! Before a contender is timed, its workload is run seven times (or a little more) and what comes out is checked.
//!
//! `memory` is counted, not timed: a line each for what 100 000 tasks that wait for ever have asked of the allocator. Where stacks are mapped, and in
//! Python, it is by how much the resident pages have grown, for 1000 of them (Python: 100 000); a thread's part in the kernel is not in it.
//!
//! Why it is fair: all runtimes are asked by the same futures, in a release build, and each has the settings that its documentation advises for
//! this use: tokio spawns its tasks and is not asked from outside of them, and has timers only where they are asked for; `two threads` is
//! its work-stealing runtime. `LocalPool` is futures-executor's, for one thread as ours is; it has no timers. Each runtime has the channel that
//! comes with it; `ours, tokio's channel` tells a runtime's part from its channel's. `tokio, its own` gives way by tokio's `yield_now`, which goes
//! to the end of the line behind sockets and timers as well. `stackful` is a corosensei coroutine that is resumed by hand, without any queue; its
//! stack is used again. `threads` are the system's, with the standard library's `sync_channel`. `asyncio` is Python's own loop.
//! Some have far more to offer than others for what they cost: the topic's page says what.

#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::{pending, poll_fn};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult};
use coroutines::executor::{self, Executor};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use futures_executor::LocalPool;
use futures_util::task::LocalSpawnExt;
use futures_util::{SinkExt, StreamExt};
use tokio::runtime::{Builder, Runtime};

/// How often each task gives way in one run.
const TIMES: u64 = 1000;
const HOUR: Duration = Duration::from_secs(3600);
const IDLE: usize = 100_000;
/// Of those that need a stack.
const STACKS: usize = 1000;

/// Counts what is in use while it is told to; else it costs a look at a flag.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static IN_USE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: it hands everything on to the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Relaxed) {
            IN_USE.fetch_add(layout.size(), Relaxed);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if COUNTS.load(Relaxed) {
            IN_USE.fetch_sub(layout.size(), Relaxed);
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Wakes its own task and gives way.
async fn give_way() {
    let mut gave_way = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn many_times() -> u64 {
    for _ in 0..TIMES {
        give_way().await;
    }
    TIMES
}

/// How long it took, and what came out.
type Ran = (Duration, u64);

/// Runs `each` so many times, one after the other, and adds up what comes out.
async fn timed<F: Future<Output = u64>>(times: u64, each: impl Fn() -> F) -> Ran {
    let began = Instant::now();
    let mut sum = 0;
    for _ in 0..times {
        sum += each().await;
    }
    (began.elapsed(), sum)
}

/// Runs this so many times, without a task, and adds up.
fn timed_here(times: u64, each: impl FnMut() -> u64) -> Ran {
    let began = Instant::now();
    let sum = std::iter::repeat_with(each).take(times as usize).sum();
    (began.elapsed(), sum)
}

/// A Python that answers until its standard input ends, and is reaped then.
struct Python {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts it; `None`, said aloud, where there is none.
    fn start() -> Option<Self> {
        let mut command = Command::new("python3");
        command
            .args(["-I", "-c", include_str!("coroutines.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child =
            command.spawn().inspect_err(|error| eprintln!("python3 is left out: {error}")).ok()?;
        let (asks, answers) = (child.stdin.take(), BufReader::new(child.stdout.take()?));
        Some(Self { child, asks, answers })
    }

    fn run(&mut self, workload: &str, times: u64) -> Ran {
        writeln!(self.asks.as_mut().expect("it is open until the end"), "{workload} {times}")
            .expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        let numbers: Vec<u64> =
            line.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        (Duration::from_nanos(numbers[0]), numbers[1])
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input; this fails only for a child that is reaped already.
        let _ = self.child.wait();
    }
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

    /// Checks a contender, and times it. What comes out of so many iterations is their number.
    fn run(&mut self, name: &str, mut run: impl FnMut(u64) -> Ran) {
        let (_, sum) = run(7);
        assert_eq!(sum, 7, "{name} does something else");
        self.0.bench_function(name, |bencher| bencher.iter_custom(|times| run(times).0));
    }

    /// Does so with a contender that always does a certain number at once, and counts the part that was asked for.
    fn run_by(&mut self, at_once: u64, name: &str, mut run: impl FnMut(u64) -> Ran) {
        let mut rounds = |times: u64| {
            let rounds = times.div_ceil(at_once);
            let (time, sum) = run(rounds);
            assert_eq!(sum, rounds * at_once, "{name} does something else");
            time.mul_f64(times as f64 / sum as f64)
        };
        rounds(1);
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

/// Runs a future as a task of tokio's, as its documentation advises: one outside of them is at a disadvantage.
fn as_a_task<F>(runtime: &Runtime, future: F) -> F::Output
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    runtime.block_on(async { tokio::spawn(future).await.expect("it ends") })
}

fn spawn_and_await(criterion: &mut Criterion, python: &mut Option<Python>) {
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
    let mut stack = Some(DefaultStack::default());
    group.run("stackful", |times| {
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
    if let Some(python) = python {
        group.run("asyncio", |times| python.run("spawn", times));
    }
}

fn give_ways(criterion: &mut Criterion, python: &mut Option<Python>) {
    let mut group = Group::new(criterion, "yield");
    for tasks in [1, 2, 1000] {
        let executor = Executor::new();
        group.run_by(tasks * TIMES, &format!("ours, {tasks}"), |rounds| {
            timed_here(rounds, || {
                executor.block_on(async {
                    let mut sum = 0;
                    for handle in (0..tasks).map(|_| executor::spawn(many_times())).collect::<Vec<_>>() {
                        sum += handle.await.expect("it ends");
                    }
                    sum
                })
            })
        });
        for (name, runtime) in tokios() {
            group.run_by(tasks * TIMES, &format!("{name}, {tasks}"), |rounds| {
                timed_here(rounds, || {
                    as_a_task(&runtime, async move {
                        let mut sum = 0;
                        for handle in (0..tasks).map(|_| tokio::spawn(many_times())).collect::<Vec<_>>() {
                            sum += handle.await.expect("it ends");
                        }
                        sum
                    })
                })
            });
        }
        let mut pool = LocalPool::new();
        let spawner = pool.spawner();
        group.run_by(tasks * TIMES, &format!("LocalPool, {tasks}"), |rounds| {
            timed_here(rounds, || {
                let spawn = |_| spawner.spawn_local_with_handle(many_times()).expect("the pool is there");
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
    }
    let runtime = one_thread();
    group.run("tokio, its own, 1", |times| {
        let give_way = || async {
            tokio::task::yield_now().await;
            1
        };
        as_a_task(&runtime, timed(times, give_way))
    });
    // It goes on for as long as it is told to, and is told the end: what is left on its stack needs no unwinding then.
    let mut coroutine = Coroutine::<bool, u64, ()>::new(|yielder, mut goes_on| {
        while goes_on {
            goes_on = yielder.suspend(1);
        }
    });
    group.run("stackful, 1", |times| timed_here(times, || coroutine.resume(true).as_yield().unwrap_or(0)));
    assert!(matches!(coroutine.resume(false), CoroutineResult::Return(())));
    if let Some(python) = python {
        group.run("asyncio, 1", |times| python.run("yield", times));
    }
}

/// Is a future that sends a number there and back so many times, by two channels of this kind, to a task of this runtime.
macro_rules! ping_pong {
    ($times:expr, $channel:expr, $spawn:expr, $receive:ident) => {{
        let times = $times;
        async move {
            #[allow(unused_mut, reason = "not all channels' senders have to be")]
            let ((mut there, mut arrives), (mut back, mut comes_back)) = ($channel, $channel);
            let answers = $spawn(async move {
                for _ in 0..times {
                    let value = arrives.$receive().await.expect("it is sent");
                    back.send(value + 1).await.expect("it is waited for");
                }
            });
            let mut value = 0_u64;
            let began = Instant::now();
            for _ in 0..times {
                there.send(value).await.expect("it is waited for");
                value = comes_back.$receive().await.expect("it is sent");
            }
            let time = began.elapsed();
            drop(answers);
            (time, value)
        }
    }};
}

fn ping_pongs(criterion: &mut Criterion, python: &mut Option<Python>) {
    use tokio::sync::mpsc;

    let mut group = Group::new(criterion, "ping-pong");
    let executor = Executor::new();
    group.run("ours", |times| {
        executor.block_on(ping_pong!(times, executor::channel(1), executor::spawn, recv))
    });
    group.run("ours, tokio's channel", |times| {
        executor.block_on(ping_pong!(times, mpsc::channel(1), executor::spawn, recv))
    });
    for (name, runtime) in tokios() {
        group.run(name, |times| as_a_task(&runtime, ping_pong!(times, mpsc::channel(1), tokio::spawn, recv)));
    }
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    group.run("LocalPool", |times| {
        let spawn = |task| spawner.spawn_local_with_handle(task).expect("the pool is there");
        // Each sender adds room for one.
        pool.run_until(ping_pong!(times, futures_channel::mpsc::channel(0), spawn, next))
    });
    let mut coroutine = Coroutine::<u64, u64, ()>::new(|yielder, mut value| {
        while value < u64::MAX {
            value = yielder.suspend(value + 1);
        }
    });
    group.run("stackful", |times| {
        let mut value = 0;
        let (time, _) = timed_here(times, || {
            value = coroutine.resume(value).as_yield().expect("it answers");
            value
        });
        (time, value)
    });
    assert!(coroutine.resume(u64::MAX).as_return().is_some());
    group.run("threads", |times| {
        let ((there, arrives), (back, comes_back)) = (sync_channel(1), sync_channel(1));
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for value in arrives {
                    back.send(value + 1).expect("it is waited for");
                }
            });
            let mut value = 0;
            let (time, _) = timed_here(times, || {
                there.send(value).expect("it is waited for");
                value = comes_back.recv().expect("it is sent");
                value
            });
            drop(there);
            (time, value)
        })
    });
    if let Some(python) = python {
        group.run("asyncio", |times| python.run("ping-pong", times));
    }
}

/// Is a future whose 1000 tasks set a limit, give way, and drop it, so many times each.
macro_rules! limits {
    ($times:expr, $spawn:path, $timeout:path) => {{
        let times = $times;
        async move {
            let began = Instant::now();
            let mut tasks = Vec::new();
            for _ in 0..1000 {
                tasks.push($spawn(async move {
                    let mut in_time = 0;
                    for _ in 0..times {
                        in_time += u64::from($timeout(HOUR, give_way()).await.is_ok());
                    }
                    in_time
                }));
            }
            let mut sum = 0;
            for task in tasks {
                sum += task.await.expect("it ends");
            }
            (began.elapsed(), sum)
        }
    }};
}

fn timers(criterion: &mut Criterion, python: &mut Option<Python>) {
    let mut group = Group::new(criterion, "timers");
    let executor = Executor::new();
    group.run_by(1000, "ours", |rounds| {
        executor.block_on(limits!(rounds, executor::spawn, executor::timeout))
    });
    for (name, runtime) in tokios() {
        group.run_by(1000, name, |rounds| {
            as_a_task(&runtime, limits!(rounds, tokio::spawn, tokio::time::timeout))
        });
    }
    if let Some(python) = python {
        group.run_by(1000, "asyncio", |rounds| python.run("timers", rounds * 1000));
    }
}

fn bytes(contender: &str, how: &str, all: usize, of: usize) {
    eprintln!("coroutines/memory/{contender}: {} bytes each, {how}, {of} of them", all / of);
}

/// Counts what this asks of the allocator and does not give back.
fn counted<R>(contender: &str, make: impl FnOnce() -> R) {
    let before = IN_USE.load(Relaxed);
    COUNTS.store(true, Relaxed);
    let made = make();
    COUNTS.store(false, Relaxed);
    bytes(contender, "counted by the allocator", IN_USE.load(Relaxed) - before, IDLE);
    drop(made);
}

/// The process's resident bytes, where the system says them.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

/// Prints by how much this makes the process grow.
fn grown<R>(contender: &str, make: impl FnOnce() -> R) {
    let Some(before) = resident() else { return eprintln!("coroutines/memory/{contender}: not known here") };
    let made = make();
    let after = resident().unwrap_or(before);
    bytes(contender, "by which the process grew", after.saturating_sub(before), STACKS);
    drop(made);
}

fn memory(python: &mut Option<Python>) {
    // The handles lie in a row of their own, which is not counted.
    let mut handles = Vec::with_capacity(IDLE);
    let executor = Executor::new();
    counted("ours", || {
        handles.extend((0..IDLE).map(|_| executor.spawn(pending::<()>())));
        executor.block_on(give_way());
    });
    drop((executor, handles));
    for (name, runtime) in tokios() {
        let mut handles = Vec::with_capacity(IDLE);
        counted(name, || {
            handles.extend((0..IDLE).map(|_| runtime.spawn(pending::<()>())));
            as_a_task(&runtime, give_way());
        });
    }
    let mut pool = LocalPool::new();
    counted("LocalPool", || {
        let spawner = pool.spawner();
        (0..IDLE).for_each(|_| spawner.spawn_local(pending::<()>()).expect("the pool is there"));
        pool.run_until_stalled();
    });
    drop(pool);
    grown("stackful", || {
        let start = |_| {
            let mut coroutine =
                Coroutine::<bool, (), ()>::new(|yielder, goes_on| while goes_on && yielder.suspend(()) {});
            assert!(coroutine.resume(true).as_yield().is_some());
            coroutine
        };
        (0..STACKS).map(start).collect::<Vec<_>>()
    });
    let ends = Arc::new(Mutex::new(()));
    let (held, mut threads) = (ends.lock(), Vec::with_capacity(STACKS));
    grown("threads", || {
        let (started, all_started) = sync_channel(STACKS);
        for _ in 0..STACKS {
            let (started, ends) = (started.clone(), Arc::clone(&ends));
            threads.push(std::thread::spawn(move || {
                started.send(()).expect("it is waited for");
                drop(ends.lock());
            }));
        }
        all_started.iter().take(STACKS).for_each(drop);
    });
    drop(held);
    threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
    if let Some(python) = python {
        let (_, grew) = python.run("memory", IDLE as u64);
        bytes("asyncio", "by which the process grew", grew as usize, IDLE);
    }
}

fn all(criterion: &mut Criterion) {
    let mut python = Python::start();
    memory(&mut python);
    spawn_and_await(criterion, &mut python);
    give_ways(criterion, &mut python);
    ping_pongs(criterion, &mut python);
    timers(criterion, &mut python);
}

criterion_group!(benches, all);
criterion_main!(benches);
