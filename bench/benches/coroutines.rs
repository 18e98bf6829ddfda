//! What it costs to start a task, and to give way to another.
//!
//! `coroutines/spawn-and-await`: a task that returns a number at once is started, and awaited by the one that started it; ns for both.
//!
//! `coroutines/yield`: 1, 2 or 1000 tasks wake themselves and give way, 1000 times each; ns for one time of one task. All contenders are
//! asked by the same future, whose waker does what theirs does; `tokio, its own` asks tokio's `yield_now`, which goes to the end of the line behind
//! sockets and timers as well.
//!
//! `LocalPool` is futures-executor's, for one thread as ours is. `stackful` is a corosensei coroutine that is resumed and gives way, with no
//! queue at all. `two threads` is tokio's work-stealing runtime, entered by one task of its own. `asyncio` is Python's own loop.

use std::future::poll_fn;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::task::Poll;
use std::time::{Duration, Instant};

use corosensei::Coroutine;
use coroutines::executor::Executor;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use futures_executor::LocalPool;
use futures_util::task::LocalSpawnExt;
use tokio::runtime::{Builder, Runtime};

/// How often each task gives way in one run.
const TIMES: u32 = 1000;

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

async fn many_times() {
    for _ in 0..TIMES {
        give_way().await;
    }
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

    fn time(&mut self, workload: &str, times: u64) -> Duration {
        writeln!(self.asks.as_mut().expect("it is open until the end"), "{workload} {times}")
            .expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        Duration::from_nanos(line.trim().parse().expect("it answers with a number"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input; this fails only for a child that is reaped already.
        let _ = self.child.wait();
    }
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(format!("coroutines/{name}"));
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group
}

fn tokios() -> [(&'static str, Runtime); 2] {
    let one = Builder::new_current_thread().build().expect("there is room for a runtime");
    let two = Builder::new_multi_thread().worker_threads(2).build().expect("there is room for a runtime");
    [("tokio, current thread", one), ("tokio, two threads", two)]
}

/// Times `each` so many times inside a task of the runtime.
async fn timed<F: Future>(times: u64, each: impl Fn() -> F) -> Duration {
    let began = Instant::now();
    for _ in 0..times {
        each().await;
    }
    began.elapsed()
}

fn spawn_and_await(criterion: &mut Criterion) {
    let mut group = group(criterion, "spawn-and-await");
    let executor = Executor::new();
    let ours = || async { coroutines::executor::spawn(async { 1 }).await.expect("it ends") };
    group
        .bench_function("ours", |bencher| bencher.iter_custom(|times| executor.block_on(timed(times, ours))));
    for (name, runtime) in tokios() {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let all = timed(times, || async { tokio::spawn(async { 1 }).await.expect("it ends") });
                runtime.block_on(async { tokio::spawn(all).await.expect("it ends") })
            });
        });
    }
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    group.bench_function("LocalPool", |bencher| {
        let spawn = || spawner.spawn_local_with_handle(async { 1 }).expect("the pool is there");
        bencher.iter_custom(|times| pool.run_until(timed(times, spawn)));
    });
    if let Some(mut python) = Python::start() {
        group.bench_function("asyncio", |bencher| bencher.iter_custom(|times| python.time("spawn", times)));
    }
    group.finish();
}

/// Times runs of `tasks` tasks, `TIMES` times each, and returns what one time of one task would have taken, `times` times.
fn share(times: u64, tasks: u32, mut run: impl FnMut()) -> Duration {
    let runs = times.div_ceil(u64::from(tasks * TIMES));
    let began = Instant::now();
    for _ in 0..runs {
        run();
    }
    began.elapsed().mul_f64(times as f64 / (runs * u64::from(tasks * TIMES)) as f64)
}

fn give_ways(criterion: &mut Criterion) {
    let mut group = group(criterion, "yield");
    for tasks in [1, 2, 1000] {
        let executor = Executor::new();
        group.bench_function(format!("ours, {tasks}"), |bencher| {
            bencher.iter_custom(|times| {
                share(times, tasks, || {
                    let handles: Vec<_> = (0..tasks).map(|_| executor.spawn(many_times())).collect();
                    executor.block_on(async {
                        for handle in handles {
                            handle.await.expect("it ends");
                        }
                    });
                })
            });
        });
        for (name, runtime) in tokios() {
            group.bench_function(format!("{name}, {tasks}"), |bencher| {
                bencher.iter_custom(|times| {
                    share(times, tasks, || {
                        let handles: Vec<_> = (0..tasks).map(|_| runtime.spawn(many_times())).collect();
                        runtime.block_on(async {
                            for handle in handles {
                                handle.await.expect("it ends");
                            }
                        });
                    })
                });
            });
        }
        let mut pool = LocalPool::new();
        group.bench_function(format!("LocalPool, {tasks}"), |bencher| {
            bencher.iter_custom(|times| {
                share(times, tasks, || {
                    let spawner = pool.spawner();
                    (0..tasks).for_each(|_| spawner.spawn_local(many_times()).expect("the pool is there"));
                    pool.run();
                })
            });
        });
    }
    let [(_, runtime), _] = tokios();
    group.bench_function("tokio, its own, 1", |bencher| {
        bencher.iter_custom(|times| {
            runtime.block_on(async {
                tokio::spawn(timed(times, tokio::task::yield_now)).await.expect("it ends")
            })
        });
    });
    group.bench_function("stackful, 1", |bencher| {
        let mut coroutine = Coroutine::<bool, (), ()>::new(|yielder, mut goes_on| {
            while goes_on {
                goes_on = yielder.suspend(());
            }
        });
        bencher.iter(|| coroutine.resume(true));
        // To its end: what is left on its stack needs no unwinding.
        coroutine.resume(false);
    });
    if let Some(mut python) = Python::start() {
        group
            .bench_function("asyncio, 1", |bencher| bencher.iter_custom(|times| python.time("yield", times)));
    }
    group.finish();
}

criterion_group!(benches, spawn_and_await, give_ways);
criterion_main!(benches);
