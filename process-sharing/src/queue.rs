//! Producers and consumers as processes, around a bounded queue.
//!
//! The library is [`bounded`], which makes a [`Sender`] and a [`Receiver`] that any number of
//! processes may share.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::PARENT;

use crate::child::TalkingChild;
use crate::parent::{Parent, inherited, number, words};

mod channel;

pub use channel::{Receiver, Sender, bounded};

pub use crate::message::Error;

/// The capacity of the lessons' queues.
const CAPACITY: usize = 4;

/// Starts a child that sends ten numbers, and has found that there is no room for all.
fn ten(program: &Path) -> io::Result<(Receiver<u32>, TalkingChild)> {
    let (sender, receiver) = bounded::<u32>(CAPACITY)?;
    let child = start_producer(program, "child", &sender, [0, 10])?.after("full")?;
    Ok((receiver, child))
}

/// Waits for the exit of a child that sends ten numbers through a queue with room for four, before
/// it receives the first: it blocks for ever.
pub fn join_first(program: &Path) -> io::Result<Vec<u32>> {
    let (receiver, mut child) = ten(program)?;
    let child_waits = child.lane().waits("room", "parent");
    let parent_waits = PARENT.waits("the child's exit", "child");
    child.join()?;
    drop((child_waits, parent_waits));
    drain(&receiver)
}

/// Receives until the queue is closed, which it is by the child's exit, and only then waits for the
/// child.
pub fn drain_first(program: &Path) -> io::Result<Vec<u32>> {
    let (receiver, child) = ten(program)?;
    let numbers = drain(&receiver)?;
    child.succeeds().map(|()| numbers)
}

/// Runs three producers and two consumers; producer `n` sends 100 numbers, from 1000 `n` on.
/// Returns what each consumer has received, in its order.
pub fn many(program: &Path) -> io::Result<Vec<Vec<u32>>> {
    let (sender, receiver) = bounded::<u32>(CAPACITY)?;
    let consumers = ["consumer0", "consumer1"].map(|name| start_consumer(program, name, &receiver));
    let producer = |(name, first)| start_producer(program, name, &sender, [first, 100]);
    let producers = [("producer0", 0), ("producer1", 1000), ("producer2", 2000)].map(producer);
    // With a copy of the producers' end in this process, the queue would not close with its
    // producers.
    drop((sender, receiver));
    producers.into_iter().try_for_each(|producer| producer?.succeeds())?;
    consumers.into_iter().map(|consumer| received(consumer?)).collect()
}

/// Returns what a consumer receives until the queue is closed, and waits for its exit.
fn received(mut consumer: TalkingChild) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    loop {
        match consumer.recv_line()?.as_str() {
            "empty" => {}
            "closed" => break,
            number => numbers.push(number.parse().map_err(io::Error::other)?),
        }
    }
    consumer.succeeds().map(|()| numbers)
}

fn drain(receiver: &Receiver<u32>) -> io::Result<Vec<u32>> {
    let next = || match receiver.receive() {
        Err(Error::Closed) => None,
        received => Some(received),
    };
    Ok(std::iter::from_fn(next).collect::<Result<_, _>>()?)
}

fn start_producer(
    program: &Path,
    lane: &str,
    queue: &dyn AsFd,
    [first, count]: [u32; 2],
) -> io::Result<TalkingChild> {
    let arguments = [first.to_string(), count.to_string()];
    TalkingChild::start(program, &PRODUCER, lane, &[queue], &[&arguments[0], &arguments[1]])
}

fn start_consumer(program: &Path, lane: &str, queue: &dyn AsFd) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &CONSUMER, lane, &[queue], &[])
}

/// Closes an empty queue, at which two consumers wait, and a full one, at which two producers wait.
/// Returns what each of them says then.
pub fn closed(program: &Path) -> io::Result<Vec<String>> {
    let (empty, theirs) = bounded::<u32>(CAPACITY)?;
    let (full, _receiver) = bounded::<u32>(CAPACITY)?;
    let mut all = Vec::new();
    for name in ["consumer0", "consumer1"] {
        all.push(start_consumer(program, name, &theirs)?.after("empty")?);
    }
    for name in ["producer0", "producer1"] {
        all.push(start_producer(program, name, &full, [0, 10])?.after("full")?);
    }
    empty.close()?;
    full.close()?;
    all.into_iter().map(TalkingChild::answer).collect()
}

/// Kills one of two consumers while both wait, and sends ten numbers; returns what the other one
/// receives.
pub fn consumer_killed(program: &Path) -> io::Result<Vec<u32>> {
    let (sender, receiver) = bounded::<u32>(CAPACITY)?;
    let mut killed = start_consumer(program, "killed", &receiver)?.after("empty")?;
    let other = start_consumer(program, "other", &receiver)?.after("empty")?;
    // With a copy of the consumers' end in this process, a send would wait for ever if the other
    // consumer died as well.
    drop(receiver);
    killed.kill()?;
    for number in 0..10 {
        sender.send(&number)?;
    }
    drop(sender);
    received(other)
}

/// The child that sends numbers from a first one on. It says so when it has to wait, the first
/// time, and when the queue is closed.
pub const PRODUCER: Entry = Entry { name: "producer", run: producer };

fn producer(arguments: &[String]) -> io::Result<()> {
    let [queue, first, count] = words(arguments)?;
    let (first, count): (u32, u32) = (number(first)?, number(count)?);
    let (sender, parent) = (Sender::<u32>::from(inherited(queue)?), Parent::listen()?);
    let mut waited = false;
    for number in first..first + count {
        let tried = sender.try_send(&number);
        match or_wait(&parent, &mut waited, "full", tried, || sender.send(&number)) {
            Err(Error::Closed) => return parent.send_line("closed"),
            sent => sent?,
        }
    }
    Ok(())
}

/// Waits if it has to, and says so the first time.
fn or_wait<T>(
    parent: &Parent,
    waited: &mut bool,
    says: &str,
    tried: Result<T, Error>,
    wait: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let Err(Error::NotNow) = tried else { return tried };
    if !std::mem::replace(waited, true) {
        parent.send_line(says)?;
    }
    wait()
}

/// The child that receives until the queue is closed. It says what it receives, and so when it has
/// to wait, the first time.
pub const CONSUMER: Entry = Entry { name: "consumer", run: consumer };

fn consumer(arguments: &[String]) -> io::Result<()> {
    let [queue] = words(arguments)?;
    let (receiver, parent) = (Receiver::<u32>::from(inherited(queue)?), Parent::listen()?);
    let mut waited = false;
    loop {
        let tried = receiver.try_receive();
        match or_wait(&parent, &mut waited, "empty", tried, || receiver.receive()) {
            Err(Error::Closed) => return parent.send_line("closed"),
            number => parent.send_line(number?)?,
        }
    }
}
