//! A blocking call in a task blocks its thread, and all the tasks that wait for that thread.
//!
//! The call here is one that no signature gives away: it waits for messages, until a timeout. The
//! messages come from another task, the ticker, which sends one each period. So the harm is seen in
//! numbers: on the ticker's own thread, the call gets none.
//!
//! More workers hide it until as many calls block as there are workers ([`on_every_worker`]). A
//! blocking call belongs on a thread that is there for it ([`spawn_blocking`]); or the worker gives
//! its tasks to another thread before ([`block_in_place`]).

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tracing::info_span;

use crate::lane::{self, wait};
use crate::tokio_runtime::on_one_thread;

/// The number of ticks that are waited for.
pub const TICKS: u32 = 5;

/// What the ticker did while a call blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// The number of ticks before the timeout.
    pub ticks: u32,
    /// The longest time between two ticks.
    pub longest: Duration,
}

/// The ticker's task: it ticks until its receiver is gone, and returns the longest time between two.
async fn ticker(period: Duration, ticks: Sender<()>) -> Duration {
    let body = async {
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        loop {
            wait("", tokio::time::sleep(period)).await;
            let now = Instant::now();
            longest = longest.max(now - last);
            last = now;
            if ticks.send(()).is_err() {
                return longest;
            }
        }
    };
    lane::task("ticker", body).await
}

/// Blocks its thread until five ticks have come, or none for `limit`; returns how many came. Earlier
/// ticks do not count.
fn call(ticks: &Receiver<()>, limit: Duration) -> u32 {
    while ticks.try_recv().is_ok() {}
    let _waits = info_span!("waits", what = "blocked", from = "ticker");
    (0..TICKS).take_while(|_| ticks.recv_timeout(limit).is_ok()).count() as u32
}

/// Runs `calls` beside a ticker, on a runtime.
fn beside_a_ticker(
    runtime: &Runtime,
    period: Duration,
    calls: impl AsyncFnOnce(Receiver<()>) -> u32,
) -> Stall {
    let (send, ticks) = channel();
    runtime.block_on(async {
        let ticking = tokio::spawn(ticker(period, send));
        let ticks = calls(ticks).await;
        Stall { ticks, longest: ticking.await.expect("the ticker does not panic") }
    })
}

/// Returns a runtime with `workers` threads.
fn on_threads(workers: usize) -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(workers).enable_time().build();
    runtime.expect("the system has room for its threads")
}

/// Blocks the only thread: the ticker is not polled, and so the call gets nothing.
///
/// # Blocking
/// For `limit`.
pub fn on_the_runtime(period: Duration, limit: Duration) -> Stall {
    beside_a_ticker(&on_one_thread(), period, async |ticks| {
        // From its first tick on, it is there.
        while ticks.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        lane::task("caller", async { call(&ticks, limit) }).await
    })
}

/// Blocks both of two workers: no worker is left for the ticker.
///
/// # Blocking
/// For `limit`.
pub fn on_every_worker(period: Duration, limit: Duration) -> Stall {
    let [begin, end] = [(); 2].map(|()| Arc::new(Barrier::new(2)));
    beside_a_ticker(&on_threads(2), period, async |ticks| {
        let (begin2, end2) = (Arc::clone(&begin), Arc::clone(&end));
        let one = tokio::spawn(lane::task("caller1", async move {
            // From here on, both workers are blocked.
            begin2.wait();
            let got = call(&ticks, limit);
            end2.wait();
            got
        }));
        let other = tokio::spawn(lane::task("caller2", async move {
            begin.wait();
            let _waits = info_span!("waits", what = "blocked", from = "ticker");
            end.wait();
        }));
        other.await.expect("it does not panic");
        one.await.expect("it does not panic")
    })
}

/// Blocks a thread of the runtime's pool for blocking calls; the ticker ticks on.
///
/// # Blocking
/// Until five ticks have come, or none for `limit`.
pub fn spawn_blocking(period: Duration, limit: Duration) -> Stall {
    beside_a_ticker(&on_one_thread(), period, async |ticks| {
        let blocked = tokio::task::spawn_blocking(move || call(&ticks, limit));
        lane::task("caller", wait("call", blocked)).await.expect("the call does not panic")
    })
}

/// Blocks the only worker, which gives its tasks to another thread before.
///
/// # Blocking
/// Until five ticks have come, or none for `limit`.
pub fn block_in_place(period: Duration, limit: Duration) -> Stall {
    beside_a_ticker(&on_threads(1), period, async |ticks| {
        let body = async move { tokio::task::block_in_place(|| call(&ticks, limit)) };
        tokio::spawn(lane::task("caller", body)).await.expect("the call does not panic")
    })
}
