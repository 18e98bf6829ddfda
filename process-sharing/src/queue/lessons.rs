//! The lessons: producers and consumers as processes.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use tracing::info_span;

use super::{Error, Receiver, Sender, bounded};
use crate::part::Part;
use crate::peer::{Parent, Peer, parent};

/// What the queues of these lessons have room for.
const ROOM: usize = 4;

/// Starts a child that sends ten numbers, and is told by the queue that there is no room for all.
fn ten(program: &Path) -> io::Result<(Receiver<u32>, Peer)> {
    let (sender, receiver) = bounded::<u32>(ROOM)?;
    let mut child = Peer::handed(program, Part::Producer, "child", &[sender.as_fd()])?;
    child.tell("0 10")?;
    child.expect("full")?;
    Ok((receiver, child))
}

/// Waits for the end of a child that sends ten numbers through a queue with room for four, before
/// it receives the first.
///
/// # Errors
/// The child cannot be started.
///
/// # Blocking
/// For ever.
pub fn join_first(program: &Path) -> io::Result<Vec<u32>> {
    let (receiver, mut child) = ten(program)?;
    let child_waits = child.lane(|| info_span!("waits", what = "room", from = "parent"));
    let parent_waits = parent(|| info_span!("waits", what = "the child's end", from = "child"));
    child.join()?;
    drop((child_waits, parent_waits));
    drain(&receiver)
}

/// Receives until the queue is closed, which it is by the child's end, and only then waits for the
/// child.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn ten_numbers(program: &Path) -> io::Result<Vec<u32>> {
    let (receiver, child) = ten(program)?;
    let numbers = drain(&receiver)?;
    child.ended()?;
    Ok(numbers)
}

fn drain(receiver: &Receiver<u32>) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    loop {
        match receiver.receive() {
            Ok(number) => numbers.push(number),
            Err(Error::Closed) => return Ok(numbers),
            Err(error) => return Err(io::Error::other(error)),
        }
    }
}

/// Runs `producers` and `consumers`; producer `n` sends the numbers from 1000 `n` on, `each` of
/// them. Returns what each consumer has received, in its order.
///
/// # Errors
/// A child cannot be started, or fails.
pub fn many(
    program: &Path,
    producers: u32,
    consumers: u32,
    each: u32,
) -> io::Result<Vec<Vec<u32>>> {
    let (sender, receiver) = bounded::<u32>(ROOM)?;
    let mut all = Vec::new();
    let start =
        |part, name: String, end: &dyn AsFd| Peer::handed(program, part, name, &[end.as_fd()]);
    for number in 0..consumers {
        all.push(start(Part::Consumer, format!("consumer{number}"), &receiver)?);
    }
    let mut makers = Vec::new();
    for number in 0..producers {
        let mut maker = start(Part::Producer, format!("producer{number}"), &sender)?;
        maker.tell(format!("{} {each}", 1000 * number))?;
        makers.push(maker);
    }
    // With a copy of the producers' end in this process, the queue would not end with its
    // producers.
    drop((sender, receiver));
    for maker in makers {
        maker.ended()?;
    }
    all.into_iter().map(received).collect()
}

/// Hears what a consumer has received until the queue was closed, and waits for its end.
fn received(mut consumer: Peer) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    loop {
        match consumer.heard()?.as_str() {
            "empty" => {}
            "closed" => break,
            number => numbers.push(number.parse().map_err(io::Error::other)?),
        }
    }
    consumer.ended()?;
    Ok(numbers)
}

/// Closes a queue that consumers wait at, for it is empty, and another that producers wait at, for
/// it is full. Returns what the consumers and the producers say then.
///
/// # Errors
/// A child cannot be started, or fails.
pub fn closed(program: &Path) -> io::Result<Vec<String>> {
    let (empty, theirs) = bounded::<u32>(ROOM)?;
    let (full, _receiver) = bounded::<u32>(ROOM)?;
    let mut all = Vec::new();
    for name in ["consumer0", "consumer1"] {
        let mut consumer = Peer::handed(program, Part::Consumer, name, &[theirs.as_fd()])?;
        consumer.expect("empty")?;
        all.push(consumer);
    }
    for name in ["producer0", "producer1"] {
        let mut producer = Peer::handed(program, Part::Producer, name, &[full.as_fd()])?;
        producer.tell("0 10")?;
        producer.expect("full")?;
        all.push(producer);
    }
    empty.close()?;
    full.close()?;
    let said = |mut child: Peer| {
        let said = child.heard()?;
        child.ended().map(|()| said)
    };
    all.into_iter().map(said).collect()
}

/// Kills one of two consumers while both wait, and sends ten numbers; returns what the other one
/// receives.
///
/// # Errors
/// A child cannot be started, or fails.
pub fn consumer_killed(program: &Path) -> io::Result<Vec<u32>> {
    let (sender, receiver) = bounded::<u32>(ROOM)?;
    let mut both = Vec::new();
    for name in ["killed", "other"] {
        let mut consumer = Peer::handed(program, Part::Consumer, name, &[receiver.as_fd()])?;
        consumer.expect("empty")?;
        both.push(consumer);
    }
    // With a copy of the consumers' end in this process, a send would wait for ever if the other
    // one died as well.
    drop(receiver);
    let mut killed = both.remove(0);
    killed.kill()?;
    for number in 0..10 {
        sender.send(&number).map_err(io::Error::other)?;
    }
    drop(sender);
    received(both.remove(0))
}

/// Sends numbers from a first one on; says so when it has to wait, the first time, and when the
/// queue is closed.
pub(crate) fn producer(
    parent: &Parent,
    mut handed: impl Iterator<Item = OwnedFd>,
) -> io::Result<()> {
    let sender = Sender::<u32>::from(handed.next().ok_or(io::ErrorKind::InvalidInput)?);
    let told = parent.told()?;
    let (first, count) = told.split_once(' ').ok_or(io::ErrorKind::InvalidInput)?;
    let [first, count] = [first, count].map(str::parse::<u32>);
    let (first, count) = (first.map_err(io::Error::other)?, count.map_err(io::Error::other)?);
    let mut waited = false;
    for number in first..first + count {
        let sent = match sender.try_send(&number) {
            Err(Error::NotNow) => {
                if !waited {
                    waited = true;
                    parent.tell("full")?;
                }
                sender.send(&number)
            }
            sent => sent,
        };
        match sent {
            Ok(()) => {}
            Err(Error::Closed) => return parent.tell("closed"),
            Err(error) => return Err(io::Error::other(error)),
        }
    }
    Ok(())
}

/// Receives until the queue is closed; says what, and so when it has to wait, the first time.
pub(crate) fn consumer(
    parent: &Parent,
    mut handed: impl Iterator<Item = OwnedFd>,
) -> io::Result<()> {
    let receiver = Receiver::<u32>::from(handed.next().ok_or(io::ErrorKind::InvalidInput)?);
    let mut waited = false;
    loop {
        let number = match receiver.try_receive() {
            Err(Error::NotNow) => {
                if !waited {
                    waited = true;
                    parent.tell("empty")?;
                }
                receiver.receive()
            }
            number => number,
        };
        match number {
            Ok(number) => parent.tell(number)?,
            Err(Error::Closed) => return parent.tell("closed"),
            Err(error) => return Err(io::Error::other(error)),
        }
    }
}
