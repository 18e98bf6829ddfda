//! A blocking call on the runtime keeps its thread, and all the tasks that wait for that thread.
//!
//! The call here is one that no signature gives away: it waits for a message, and is given up after
//! a time limit. The messages come from another task, the ticker, which sends one each period. So
//! it is seen in numbers: on the ticker's own thread, the call gets none.
//!
//! More workers hide it until as many calls block as there are workers ([`on_every_worker`]). It
//! belongs on a thread that is there for it ([`spawn_blocking`]), or the worker's tasks on another
//! one ([`block_in_place`]).

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tracing::info_span;

use crate::lane::{self, wait};
use crate::tokio_runtime::on_one_thread;

/// So many ticks are waited for.
pub const TICKS: u32 = 5;

/// Says what the ticker got done while a call blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// So many of five ticks came before the call was given up.
    pub ticks: u32,
    /// The longest time between two ticks.
    pub longest: Duration,
}

type Longest = Arc<Mutex<Duration>>;

fn read(longest: &Longest) -> Duration {
    *longest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ticks, for as long as somebody listens, and notes the longest time between two.
async fn ticker(period: Duration, ticks: Sender<()>, longest: Longest) {
    let body = async {
        let mut last = Instant::now();
        loop {
            wait("", tokio::time::sleep(period)).await;
            let now = Instant::now();
            {
                let mut longest = longest.lock().unwrap_or_else(PoisonError::into_inner);
                *longest = longest.max(now - last);
            }
            last = now;
            if ticks.send(()).is_err() {
                break;
            }
        }
    };
    lane::task("ticker", body).await;
}

/// Blocks its thread until five ticks have come, or for `limit`; returns how many came. What was
/// ticked before does not count.
fn call(ticks: &Receiver<()>, limit: Duration) -> u32 {
    while ticks.try_recv().is_ok() {}
    let _waits = info_span!("waits", what = "blocked", from = "ticker");
    // A limit that is too far for the clock is none.
    let end = Instant::now().checked_add(limit);
    let left = || end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
    let next = |_: &u32| ticks.recv_timeout(left()).is_ok();
    (0..TICKS).take_while(next).count() as u32
}

/// Makes a runtime with so many threads that poll tasks.
fn on_threads(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder
        .worker_threads(workers)
        .enable_time()
        .build()
        .expect("the system has room for its threads")
}

/// Blocks the only thread: the ticker cannot tick, and so the call gets nothing.
///
/// # Blocking
/// For `limit`.
pub fn on_the_runtime(period: Duration, limit: Duration) -> Stall {
    let ((send, ticks), longest) = (channel(), Longest::default());
    on_one_thread().block_on(async {
        let ticking = tokio::spawn(ticker(period, send, Arc::clone(&longest)));
        // From its first tick on, it is there.
        while ticks.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        let got = lane::task("caller", async { call(&ticks, limit) }).await;
        drop(ticks);
        ticking.await.expect("the ticker does not panic");
        Stall { ticks: got, longest: read(&longest) }
    })
}

/// Blocks both of two workers: no worker is left for the ticker.
///
/// # Blocking
/// For `limit`.
pub fn on_every_worker(period: Duration, limit: Duration) -> Stall {
    let ((send, ticks), longest) = (channel(), Longest::default());
    let both = [Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2))];
    let [begin, end] = both.clone();
    on_threads(2).block_on(async {
        let ticking = tokio::spawn(ticker(period, send, Arc::clone(&longest)));
        let one = tokio::spawn(lane::task("caller1", async move {
            // From here on, both workers are blocked.
            begin.wait();
            let got = call(&ticks, limit);
            end.wait();
            got
        }));
        let [begin, end] = both;
        let other = tokio::spawn(lane::task("caller2", async move {
            begin.wait();
            let _waits = info_span!("waits", what = "blocked", from = "ticker");
            end.wait();
        }));
        let got = one.await.expect("it does not panic");
        other.await.expect("it does not panic");
        ticking.await.expect("the ticker does not panic");
        Stall { ticks: got, longest: read(&longest) }
    })
}

/// Blocks a thread of the pool that the runtime keeps for such calls; the ticker ticks on.
///
/// # Blocking
/// Until five ticks have come; for `limit` at the most.
pub fn spawn_blocking(period: Duration, limit: Duration) -> Stall {
    let ((send, ticks), longest) = (channel(), Longest::default());
    on_one_thread().block_on(async {
        let ticking = tokio::spawn(ticker(period, send, Arc::clone(&longest)));
        let blocked = tokio::task::spawn_blocking(move || call(&ticks, limit));
        let got =
            lane::task("caller", wait("call", blocked)).await.expect("the call does not panic");
        ticking.await.expect("the ticker does not panic");
        Stall { ticks: got, longest: read(&longest) }
    })
}

/// Blocks the only worker, which gives its tasks to another thread before.
///
/// # Blocking
/// Until five ticks have come; for `limit` at the most.
pub fn block_in_place(period: Duration, limit: Duration) -> Stall {
    let ((send, ticks), longest) = (channel(), Longest::default());
    on_threads(1).block_on(async {
        let ticking = tokio::spawn(ticker(period, send, Arc::clone(&longest)));
        let body = async move { tokio::task::block_in_place(|| call(&ticks, limit)) };
        let got = tokio::spawn(lane::task("caller", body)).await.expect("the call does not panic");
        ticking.await.expect("the ticker does not panic");
        Stall { ticks: got, longest: read(&longest) }
    })
}
