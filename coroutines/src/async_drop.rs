//! A clean-up that has to await: a transaction is rolled back by a message to the peer that keeps
//! it open.
//!
//! A task that is aborted is dropped at its await. What stands below is not reached
//! ([`at_the_end`]), and a destructor runs, but cannot await: a future that it makes is polled by
//! nobody ([`in_drop`]). So the clean-up is done by what is not dropped: a task that the destructor
//! spawns ([`spawned`]), if somebody waits for that before the runtime ends ([`nobody_waits`]); or
//! the task itself, which is told to stop in place of being aborted ([`told`]).

use std::future::pending;
use std::iter::from_fn;
use std::time::Duration;

use tokio::select;
use tokio::sync::{mpsc, oneshot};
use tracing::info;

use super::runtime::{block_on, sleep, spawn, yield_now};
use crate::lane::{self, at, wait};

/// What a peer was told, in this order.
pub type Heard = Vec<&'static str>;
type Peer = mpsc::Sender<&'static str>;

/// A transaction that the peer keeps open until it is told of its end.
struct Open {
    peer: Option<Peer>,
    if_dropped: fn(Peer),
}

impl Open {
    async fn begin(peer: Peer, if_dropped: fn(Peer)) -> Self {
        let _ = at(peer.send("begin")).await;
        Self { peer: Some(peer), if_dropped }
    }

    /// Tells the peer of the end. Dropped while it waits for room, it has told nothing.
    async fn end(mut self, how: &'static str) {
        if let Some(peer) = &self.peer {
            let _ = wait("room", peer.send(how)).await;
        }
        self.peer = None;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(peer) = self.peer.take() {
            (self.if_dropped)(peer);
        }
    }
}

/// Begins a transaction, works, and commits it.
async fn transaction(peer: Peer, work: impl Future<Output = ()>, if_dropped: fn(Peer)) {
    let open = Open::begin(peer, if_dropped).await;
    wait("work", work).await;
    open.end("commit").await;
}

/// Runs a task, and after a beat tells it to stop, and aborts it if that `aborts`; returns what the
/// peer was told until nobody is left who could tell it anything.
async fn cancelled<F: Future<Output = ()> + 'static>(
    beat: Duration,
    aborts: bool,
    body: impl FnOnce(Peer, oneshot::Receiver<()>) -> F,
) -> Heard {
    let ((peer, mut messages), (stop, stopped)) = (mpsc::channel(1), oneshot::channel());
    let hears = spawn(lane::task("peer", async move {
        let mut heard = Vec::new();
        while let Some(message) = wait("a message", messages.recv()).await {
            info!("is told {message}");
            heard.push(message);
        }
        heard
    }));
    let task = spawn(lane::task("task", body(peer, stopped)));
    sleep(beat).await;
    info!("cancels the task");
    let _ = stop.send(());
    if aborts {
        task.abort();
    }
    at(hears).await.expect("it does not panic")
}

/// Aborts a task that ends its transaction with its last line.
pub async fn at_the_end(beat: Duration) -> Heard {
    let body = |peer, _| transaction(peer, sleep(3 * beat), |_| ());
    cancelled(beat, true, body).await
}

/// Aborts a task whose destructor makes the future that would tell the peer, and can only drop it.
pub async fn in_drop(beat: Duration) -> Heard {
    let body = |peer, _| transaction(peer, sleep(3 * beat), |peer| drop(peer.send("rollback")));
    cancelled(beat, true, body).await
}

/// Spawns the clean-up, as a task of its own.
fn rolls_back(peer: Peer) {
    drop(spawn(lane::task("clean-up", async move {
        let _ = wait("room", peer.send("rollback")).await;
    })));
}

/// Aborts a task whose destructor spawns the clean-up.
pub async fn spawned(beat: Duration) -> Heard {
    let body = |peer, _| transaction(peer, sleep(3 * beat), rolls_back);
    cancelled(beat, true, body).await
}

/// Does the same, and ends the runtime while the clean-up waits for room.
pub fn nobody_waits() -> Heard {
    let (peer, mut messages) = mpsc::channel(1);
    block_on(async {
        let task = spawn(lane::task("task", transaction(peer, pending(), rolls_back)));
        while messages.is_empty() {
            yield_now().await;
        }
        task.abort();
        let _ = task.await;
    });
    from_fn(|| messages.try_recv().ok()).collect()
}

/// Tells a task to stop, which drops its work alone, and ends its transaction itself.
pub async fn told(beat: Duration) -> Heard {
    let body = |peer, stopped| async move {
        let open = Open::begin(peer, |_| ()).await;
        let how = select! {
            biased;
            _ = stopped => "rollback",
            () = wait("work", sleep(3 * beat)) => "commit",
        };
        open.end(how).await;
    };
    cancelled(beat, false, body).await
}
