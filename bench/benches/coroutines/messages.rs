//! Messages there and back, and limits that are set and dropped in time.

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use async_executor::LocalExecutor;
use bench::python::Pythons;
use corosensei::Coroutine;
use coroutines::executor::{self, Executor};
use criterion::Criterion;
use futures_executor::{LocalPool, block_on};
use futures_util::task::LocalSpawnExt;
use futures_util::{SinkExt, StreamExt};

use super::{Group, as_a_task, by, give_way, timed_here, tokios};

const HOUR: Duration = Duration::from_secs(3600);

/// Is a future that sends a number there and back `times` times, by two channels of this kind, to a
/// task of this runtime.
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

pub(super) fn ping_pongs(criterion: &mut Criterion, pythons: &mut Pythons) {
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
        group.run(name, |times| {
            as_a_task(&runtime, ping_pong!(times, mpsc::channel(1), tokio::spawn, recv))
        });
    }
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    group.run("LocalPool", |times| {
        let spawn = |task| spawner.spawn_local_with_handle(task).expect("the pool is there");
        // Each sender adds room for one.
        pool.run_until(ping_pong!(times, futures_channel::mpsc::channel(0), spawn, next))
    });
    let executor = LocalExecutor::new();
    let channel = async_channel::bounded::<u64>;
    group.run("async-executor", |times| {
        let spawn = |task| executor.spawn(task);
        block_on(executor.run(ping_pong!(times, channel(1), spawn, recv)))
    });
    group.run("two futures (limit)", |times| {
        let began = Instant::now();
        let value = super::limit::ping_pong(times);
        (began.elapsed(), value)
    });
    let mut coroutine = Coroutine::<u64, u64, ()>::new(|yielder, mut value| {
        while value < u64::MAX {
            value = yielder.suspend(value + 1);
        }
    });
    group.run("stackful (limit)", |times| {
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
    pythons.each(|python| group.run(&python.asyncio(), |times| by(python, "ping-pong", times)));
}

/// Is a future whose 1000 tasks set a limit, yield, and drop it, `times` times each.
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

pub(super) fn timers(criterion: &mut Criterion, pythons: &mut Pythons) {
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
    pythons.each(|python| {
        group.run_by(1000, &python.asyncio(), |rounds| by(python, "timers", rounds * 1000));
    });
}
