//! Two threads that talk over channels: which of them sends first.
//!
//! A channel is no cure for deadlock: to receive is to wait, and over a channel without capacity so is
//! to send.

use tracing::info_span;

use super::lane::{finish, start};
use super::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Each receives before it sends.
///
/// # Blocking
/// For ever: both ends of both channels are alive, so neither is disconnected.
pub fn both_receive() -> [u32; 2] {
    talk(1, |link| (link.receive(), link.send(1)).0, |link| (link.receive(), link.send(2)).0)
}

/// Each sends first, over a rendezvous channel (capacity 0): to send is to wait until the other
/// receives.
///
/// # Blocking
/// For ever.
pub fn both_send() -> [u32; 2] {
    talk(0, |link| (link.send(1), link.receive()).1, |link| (link.send(2), link.receive()).1)
}

/// One sends first, the other receives first: a protocol.
pub fn one_sends_first() -> [u32; 2] {
    talk(0, |link| (link.send(1), link.receive()).1, |link| (link.receive(), link.send(2)).0)
}

/// Each sends first, over a channel with room for one message. Which capacity is enough depends on the
/// protocol.
pub fn room_for_one() -> [u32; 2] {
    talk(1, |link| (link.send(1), link.receive()).1, |link| (link.send(2), link.receive()).1)
}

/// Receives until all senders are dropped, and keeps one of them itself.
///
/// # Blocking
/// For ever.
pub fn sender_kept() -> u32 {
    receive_all(Some)
}

/// Drops its own sender, and then receives until all senders are dropped.
pub fn sender_dropped() -> u32 {
    receive_all(|own| {
        drop(own);
        None
    })
}

/// Adds up what t2 sends, until all senders are dropped; `own` decides what becomes of t1's own.
fn receive_all(
    own: impl FnOnce(SyncSender<u32>) -> Option<SyncSender<u32>> + Send + 'static,
) -> u32 {
    let (sender, receiver) = sync_channel(1);
    finish(start("t1", move || {
        let sender2 = sender.clone();
        let t2 = start("t2", move || sender2.send(1).expect("t1 receives"));
        let _own = own(sender);
        let _waits = info_span!("waits", what = "t1 to drop its sender", from = "t1");
        let sum = receiver.iter().sum();
        finish(t2);
        sum
    }))
}

/// One side of a conversation.
#[derive(Debug)]
struct Link {
    to: SyncSender<u32>,
    from: Receiver<u32>,
    other: &'static str,
}

impl Link {
    fn send(&self, message: u32) {
        let _waits =
            info_span!("waits", what = format!("{} to receive", self.other), from = self.other);
        self.to.send(message).expect("the other end lives as long as its thread");
    }

    fn receive(&self) -> u32 {
        let _waits =
            info_span!("waits", what = format!("a message from {}", self.other), from = self.other);
        self.from.recv().expect("the other end lives as long as its thread")
    }
}

/// Runs the two sides of a conversation over channels of a capacity; returns what each has received.
fn talk(
    capacity: usize,
    one: impl FnOnce(&Link) -> u32 + Send + 'static,
    other: impl FnOnce(&Link) -> u32 + Send + 'static,
) -> [u32; 2] {
    let ((to2, from1), (to1, from2)) = (sync_channel(capacity), sync_channel(capacity));
    let t1 = Link { to: to2, from: from2, other: "t2" };
    let t2 = Link { to: to1, from: from1, other: "t1" };
    // The ends outlive both threads: the one that is done first does not disconnect the other.
    let t1 = start("t1", move || (one(&t1), t1));
    let t2 = start("t2", move || (other(&t2), t2));
    let (t1, t2) = (finish(t1), finish(t2));
    [t1.0, t2.0]
}
