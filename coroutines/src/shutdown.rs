//! How tasks are told to end, in order: a graceful shutdown.
//!
//! Three stages: one accepts orders, one works on them, one stores the results. A runtime that is
//! dropped drops all its tasks at their awaits, with what they had accepted ([`Stages`]). In
//! order it goes along the flow: the first stage is told to stop, and closes its channel; each of
//! the others ends when its input has ended ([`in_order`]). A task that does not end in time is
//! aborted, and counted ([`with_a_limit`]). The token and the tracker are tokio-util's.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::lane::{self, wait};
use crate::tokio_runtime::{sleep, spawn, timeout};

/// How many orders were accepted and stored so far.
#[derive(Clone, Debug, Default)]
struct Counts {
    accepted: watch::Sender<u32>,
    stored: watch::Sender<u32>,
}

/// What became of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
    /// The number of orders that were accepted.
    pub accepted: u32,
    /// The number of those that were stored in the end.
    pub stored: u32,
    /// The number of tasks that did not end in time.
    pub aborted: usize,
}

/// Accepts an order a beat.
async fn accept(orders: mpsc::Sender<u32>, counts: Counts, beat: Duration) {
    for number in 0.. {
        // Both are cancellation safe: the permit, which has no order in it yet, and the timer.
        let Ok(permit) = wait("room", orders.reserve()).await else { break };
        permit.send(number);
        counts.accepted.send_modify(|accepted| *accepted += 1);
        wait("an order", sleep(beat)).await;
    }
}

/// Works on each order for two beats, until its input ends.
async fn work(mut orders: mpsc::Receiver<u32>, results: mpsc::Sender<u32>, beat: Duration) {
    while let Some(order) = wait("an order", orders.recv()).await {
        wait("work", sleep(2 * beat)).await;
        if results.send(order).await.is_err() {
            break;
        }
    }
}

/// Stores each result, until its input ends.
async fn store(mut results: mpsc::Receiver<u32>, counts: Counts) {
    while wait("a result", results.recv()).await.is_some() {
        counts.stored.send_modify(|stored| *stored += 1);
    }
}

/// The three stages, and what tells the first one to stop. They are left as they are if it is
/// dropped; a runtime that is dropped drops them.
#[derive(Debug)]
pub struct Stages {
    counts: Counts,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Stages {
    /// Starts the stages, and waits until `enough` orders are accepted: at that moment, the last
    /// one is in its channel.
    pub async fn started(enough: u32, beat: Duration) -> Self {
        let (counts, tasks, stop) =
            (Counts::default(), TaskTracker::new(), CancellationToken::new());
        let ((order, orders), (result, results)) = (mpsc::channel(4), mpsc::channel(4));
        // Told to stop, it is dropped at its await, with its end of the channel.
        let accepts = stop.clone().run_until_cancelled_owned(accept(order, counts.clone(), beat));
        spawn(tasks.track_future(lane::task("accept", accepts)));
        spawn(tasks.track_future(lane::task("work", work(orders, result, beat))));
        spawn(tasks.track_future(lane::task("store", store(results, counts.clone()))));
        let mut accepted = counts.accepted.subscribe();
        accepted.wait_for(|&accepted| accepted >= enough).await.expect("its sender is in `counts`");
        Self { counts, tasks, stop }
    }

    /// Tells the first stage to stop, and waits until the last one has ended.
    async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Returns what has become of the orders so far.
    pub fn orders(&self, aborted: usize) -> Orders {
        let (accepted, stored) = (*self.counts.accepted.borrow(), *self.counts.stored.borrow());
        Orders { accepted, stored, aborted }
    }
}

/// Has the stages end along the flow.
pub async fn in_order(enough: u32, beat: Duration) -> Orders {
    let stages = Stages::started(enough, beat).await;
    stages.end().await;
    stages.orders(0)
}

/// Does the same with a task that never ends: after the timeout, it is aborted; all others have
/// ended in order.
pub async fn with_a_limit(enough: u32, beat: Duration) -> Orders {
    let stages = Stages::started(enough, beat).await;
    let never = lane::task("straggler", wait("for ever", std::future::pending::<()>()));
    let straggler = spawn(stages.tasks.track_future(never));
    if timeout(16 * beat, stages.end()).await.is_ok() {
        return stages.orders(0);
    }
    let left = stages.tasks.len();
    straggler.abort();
    stages.tasks.wait().await;
    stages.orders(left)
}
