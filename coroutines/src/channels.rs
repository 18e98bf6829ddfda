//! Channels between tasks, and back-pressure: whether a producer has to wait for its consumer.
//!
//! A channel without a bound never lets its sender wait, and so grows while the sender is faster.
//! The sender of a bounded one waits for room. The others here answer other questions: one answer
//! to one question ([`asked`]), every message to every receiver ([`broadcast()`]), the latest value
//! alone ([`watched`]).
//!
//! All of them are tokio's, and none of them needs its runtime.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::runtime::{spawn, yield_now};
use crate::lane::{self, at, wait};

/// The fill of a channel during a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The number of messages that were received.
    pub received: u32,
    /// The largest number of messages that were sent and not dealt with, at any moment.
    pub most: usize,
    /// The number of messages for which the producer waited for room.
    pub waits: u32,
}

/// Sends through a channel without a bound. The consumer needs `pace` for each message, and waits
/// until the producer has made four more: no runtime promises which of them is polled how often.
pub async fn unbounded(count: u32, pace: Duration) -> Filled {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let (made, mut seen) = watch::channel(0);
    let _producer = spawn(lane::task("producer", async move {
        for number in 0..count {
            lane::work(&format!("makes {number}"), pace / 4);
            // Fails only if the receiver is gone; then the next one fails as well.
            let _ = sender.send(number);
            made.send_replace(number + 1);
            // A yield does not help: its turn comes again after one message has been dealt with.
            if number % 4 == 3 {
                yield_now().await;
            }
        }
    }));
    let consumer = async move {
        let mut filled = Filled { received: 0, most: 0, waits: 0 };
        while let Some(number) = wait("a message", receiver.recv()).await {
            filled.received += 1;
            filled.most = filled.most.max(receiver.len() + 1);
            lane::work(&format!("takes {number}"), pace);
            // An error: the producer has made all.
            let _ = at(seen.wait_for(|&made| made >= 4 * (filled.received + 1))).await;
        }
        filled
    };
    lane::task("consumer", consumer).await
}

/// Sends through a channel with room for `room`.
///
/// # Panics
/// Outside of its executor, or if `room` is 0.
pub async fn bounded(count: u32, room: usize, pace: Duration) -> Filled {
    let (sender, mut receiver) = mpsc::channel(room);
    let waits = Rc::new(Cell::new(0));
    let waited = Rc::clone(&waits);
    let _producer = spawn(lane::task("producer", async move {
        for number in 0..count {
            lane::work(&format!("makes {number}"), pace / 4);
            // No other task runs between this look and the send.
            waits.set(waits.get() + u32::from(sender.capacity() == 0));
            if wait("room", sender.send(number)).await.is_err() {
                break;
            }
        }
    }));
    let consumer = async move {
        let mut filled = Filled { received: 0, most: 0, waits: 0 };
        while let Some(number) = wait("a message", receiver.recv()).await {
            filled.received += 1;
            filled.most = filled.most.max(receiver.len() + 1);
            lane::work(&format!("takes {number}"), pace);
            yield_now().await;
        }
        Filled { waits: waited.get(), ..filled }
    };
    lane::task("consumer", consumer).await
}

/// Asks a task that owns a counter, which needs no lock for it: each question brings the channel
/// for its answer along.
pub async fn asked(questions: u32) -> Vec<u32> {
    let (ask, mut asked) = mpsc::channel::<(u32, oneshot::Sender<u32>)>(1);
    let _owner = spawn(lane::task("owner", async move {
        let mut sum = 0;
        while let Some((number, answer)) = wait("a question", asked.recv()).await {
            sum += number;
            // The task that asked may have stopped waiting.
            let _ = answer.send(sum);
        }
    }));
    let asks = async move {
        let mut answers = Vec::new();
        for number in 1..=questions {
            let (answer, answered) = oneshot::channel();
            at(ask.send((number, answer))).await.expect("its owner runs while it can be asked");
            answers.push(wait("an answer", answered).await.expect("it answers each"));
        }
        answers
    };
    lane::task("asker", asks).await
}

/// Broadcasts `count` messages, with room for four, to a receiver that lags behind; returns how many
/// it was told to have missed, and those that it got.
pub async fn broadcast(count: u32) -> (u64, Vec<u32>) {
    let (sender, mut receiver) = broadcast::channel(4);
    for number in 0..count {
        sender.send(number).expect("there is a receiver");
    }
    drop(sender);
    let (mut missed, mut got) = (0, Vec::new());
    loop {
        match receiver.recv().await {
            Ok(number) => got.push(number),
            Err(broadcast::error::RecvError::Lagged(more)) => missed += more,
            Err(broadcast::error::RecvError::Closed) => return (missed, got),
        }
    }
}

/// Sets a watched value `count` times; returns what a receiver sees that looks later: the last one.
pub async fn watched(count: u32) -> Vec<u32> {
    let (sender, mut receiver) = watch::channel(0);
    for number in 0..count {
        sender.send(number).expect("there is a receiver");
    }
    drop(sender);
    let mut got = Vec::new();
    while receiver.changed().await.is_ok() {
        got.push(*receiver.borrow_and_update());
    }
    got
}
