//! Channels between tasks, and back-pressure: who may say no to whom.
//!
//! A channel without a bound never lets its sender wait, and so grows as long as the sender is
//! quicker. One with a bound hands the slowness back: its sender waits for room. The others here
//! answer other questions: one answer to one question ([`asked`]), everything for everyone
//! ([`broadcast()`]), the newest for whoever looks ([`watched`]).
//!
//! All of them are tokio's, and none of them needs its runtime.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::runtime::{spawn, yield_now};
use crate::lane::{self, wait};

/// The fill of a channel during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The number of messages that were received.
    pub received: u32,
    /// The largest number of messages that waited in it at once, with the one in the consumer's
    /// hand.
    pub most: usize,
    /// The number of messages for which the producer waited for room.
    pub waits: u32,
}

/// Sends through a channel that takes everything. The consumer needs `pace` for each, and then
/// gives way until the producer has made four more: which of them is polled how often, no runtime
/// promises.
///
/// # Panics
/// Outside of its executor.
pub async fn unbounded(count: u32, pace: Duration) -> Filled {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let made = Rc::new(Cell::new(0));
    let seen = Rc::clone(&made);
    let _producer = spawn(lane::task("producer", async move {
        for number in 0..count {
            lane::work("", pace / 4);
            // It fails only if nobody receives any more, and so does the next one.
            let _ = sender.send(number);
            made.set(number + 1);
            // Polite, and no help: its turn comes again when one message has been dealt with.
            if number % 4 == 3 {
                yield_now().await;
            }
        }
    }));
    let consumer = async move {
        let mut filled = Filled { received: 0, most: 0, waits: 0 };
        while let Some(_number) = wait("message", receiver.recv()).await {
            filled.received += 1;
            filled.most = filled.most.max(receiver.len() + 1);
            lane::work("", pace);
            while seen.get() < count.min(4 * (filled.received + 1)) {
                yield_now().await;
            }
        }
        filled
    };
    lane::task("consumer", consumer).await
}

/// Sends through a channel with room for `room`.
///
/// # Panics
/// Outside of its executor, or if there is no room at all.
pub async fn bounded(count: u32, room: usize, pace: Duration) -> Filled {
    let (sender, mut receiver) = mpsc::channel(room);
    let waits = Rc::new(Cell::new(0));
    let waited = Rc::clone(&waits);
    let _producer = spawn(lane::task("producer", async move {
        for number in 0..count {
            lane::work("", pace / 4);
            // Nobody else runs between this look and the send.
            waits.set(waits.get() + u32::from(sender.capacity() == 0));
            if wait("room", sender.send(number)).await.is_err() {
                break;
            }
        }
    }));
    let consumer = async move {
        let mut filled = Filled { received: 0, most: 0, waits: 0 };
        while let Some(_number) = wait("message", receiver.recv()).await {
            filled.received += 1;
            filled.most = filled.most.max(receiver.len() + 1);
            lane::work("", pace);
            yield_now().await;
        }
        Filled { waits: waited.get(), ..filled }
    };
    lane::task("consumer", consumer).await
}

/// Asks a task that owns a counter, and needs no lock for it: each question brings the channel for
/// its answer along.
///
/// # Panics
/// Outside of its executor.
pub async fn asked(questions: u32) -> Vec<u32> {
    let (ask, mut asked) = mpsc::channel::<(u32, oneshot::Sender<u32>)>(1);
    let _owner = spawn(lane::task("owner", async move {
        let mut sum = 0;
        while let Some((number, answer)) = wait("question", asked.recv()).await {
            sum += number;
            // The task that asked may have stopped waiting.
            let _ = answer.send(sum);
        }
    }));
    let asks = async move {
        let mut answers = Vec::new();
        for number in 1..=questions {
            let (answer, answered) = oneshot::channel();
            ask.send((number, answer)).await.expect("it serves for as long as it can be asked");
            answers.push(wait("answer", answered).await.expect("it answers each"));
        }
        answers
    };
    lane::task("asker", asks).await
}

/// What the slowest receiver got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What it was told that it missed.
    pub missed: u64,
    /// What it got.
    pub got: Vec<u32>,
}

/// Sends `count` messages to a receiver that looks too late: there is room for four, and it is told
/// how many it missed.
pub async fn broadcast(count: u32) -> Heard {
    let (sender, mut receiver) = broadcast::channel(4);
    for number in 0..count {
        sender.send(number).expect("there is a receiver");
    }
    drop(sender);
    let mut heard = Heard { missed: 0, got: Vec::new() };
    loop {
        match receiver.recv().await {
            Ok(number) => heard.got.push(number),
            Err(broadcast::error::RecvError::Lagged(missed)) => heard.missed += missed,
            Err(broadcast::error::RecvError::Closed) => return heard,
        }
    }
}

/// Sets a value `count` times under the eyes of a receiver that looks too late: it sees the last
/// one, and never knew of the others.
pub async fn watched(count: u32) -> Heard {
    let (sender, mut receiver) = watch::channel(0);
    for number in 0..count {
        sender.send(number).expect("there is a receiver");
    }
    drop(sender);
    let mut heard = Heard { missed: 0, got: Vec::new() };
    while receiver.changed().await.is_ok() {
        heard.got.push(*receiver.borrow_and_update());
    }
    heard
}
