//! How tasks are told to end, in order.
//!
//! Three stages: one accepts orders, one works on them, one stores what came out. A runtime that is
//! dropped drops all its tasks where they wait, with what they had accepted ([`dropped`]). In order
//! it goes along the flow: the first stage is told to stop, and closes its channel; each of the
//! others ends when its input does ([`in_order`]). Who does not end in time is aborted, and counted
//! ([`with_a_limit`]). The token and the tracker are tokio-util's, which everybody uses.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::lane::{self, wait};

/// After so many orders, everything is told to end.
const ORDERS: u32 = 6;

/// Counts orders.
#[derive(Clone, Debug, Default)]
struct Counts {
    accepted: watch::Sender<u32>,
    stored: watch::Sender<u32>,
}

/// Says what became of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// So many were accepted.
    pub accepted: u32,
    /// So many of them were stored in the end.
    pub stored: u32,
    /// So many tasks did not end in time.
    pub aborted: usize,
}

impl Counts {
    /// Waits until enough is accepted: at that moment, the last order is in its channel.
    async fn enough(&self) {
        let enough =
            self.accepted.subscribe().wait_for(|&accepted| accepted >= ORDERS).await.is_ok();
        debug_assert!(enough, "the counter is there for as long as this one");
    }

    fn ended(&self, aborted: usize) -> Ended {
        Ended { accepted: *self.accepted.borrow(), stored: *self.stored.borrow(), aborted }
    }
}

/// Accepts an order a beat until it is told to stop.
async fn accept(
    orders: mpsc::Sender<u32>,
    stop: CancellationToken,
    counts: Counts,
    beat: Duration,
) {
    for number in 0.. {
        // Both are safe to drop: the permit, for no order is in it yet, and the timer.
        let permit = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Ok(permit) = wait("room", orders.reserve()) => permit,
            else => break,
        };
        permit.send(number);
        counts.accepted.send_modify(|accepted| *accepted += 1);
        tokio::select! {
            () = stop.cancelled() => break,
            () = wait("order", sleep(beat)) => {}
        }
    }
}

/// Works on each order for two beats, until no more come.
async fn work(mut orders: mpsc::Receiver<u32>, results: mpsc::Sender<u32>, beat: Duration) {
    while let Some(order) = wait("order", orders.recv()).await {
        wait("work", sleep(2 * beat)).await;
        if results.send(order).await.is_err() {
            break;
        }
    }
}

/// Stores each result, until no more come.
async fn store(mut results: mpsc::Receiver<u32>, counts: Counts) {
    while wait("result", results.recv()).await.is_some() {
        counts.stored.send_modify(|stored| *stored += 1);
    }
}

/// Starts the three stages.
fn start(tasks: &TaskTracker, stop: &CancellationToken, beat: Duration) -> Counts {
    let counts = Counts::default();
    let ((order, orders), (result, results)) = (mpsc::channel(4), mpsc::channel(4));
    tasks.spawn(lane::task("accept", accept(order, stop.clone(), counts.clone(), beat)));
    tasks.spawn(lane::task("work", work(orders, result, beat)));
    tasks.spawn(lane::task("store", store(results, counts.clone())));
    counts
}

/// Ends as a `main` does that returns: the runtime is dropped, and with it every task where it
/// waits.
pub fn dropped(beat: Duration, runtime: tokio::runtime::Runtime) -> Ended {
    let counts = runtime.block_on(async {
        let counts = start(&TaskTracker::new(), &CancellationToken::new(), beat);
        counts.enough().await;
        counts
    });
    drop(runtime);
    counts.ended(0)
}

/// Tells the first stage to stop, and waits until the last one has ended.
pub async fn in_order(beat: Duration) -> Ended {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let counts = start(&tasks, &stop, beat);
    counts.enough().await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    counts.ended(0)
}

/// Does the same with a task that never ends: after the limit, it is aborted; everything else has
/// ended in order.
///
/// # Panics
/// Outside of tokio's runtime.
pub async fn with_a_limit(beat: Duration) -> Ended {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let counts = start(&tasks, &stop, beat);
    let straggler =
        tasks.spawn(lane::task("straggler", wait("for ever", std::future::pending::<()>())));
    counts.enough().await;
    stop.cancel();
    tasks.close();
    let aborted = match timeout(16 * beat, tasks.wait()).await {
        Ok(()) => 0,
        Err(_elapsed) => {
            let left = tasks.len();
            straggler.abort();
            tasks.wait().await;
            left
        }
    };
    counts.ended(aborted)
}
