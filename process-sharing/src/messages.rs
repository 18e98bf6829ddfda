//! Messages out of a child that is killed in the middle of one: through a pipe, and through the
//! [ring](crate::ring).
//!
//! A pipe carries bytes: what was written of a message arrives, be it half. The ring carries
//! messages: one that was not sent, whole, was never there. And how long it takes there and back.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::child::{DEADLINE, Started, start};
use crate::memory_role::MemoryRole;
use crate::ring::{Consumer, Error, Producer, Ring};
use crate::role::Role;

/// How long each message is: longer than what a pipe has room for, 64 KiB on Linux.
pub const LONG: usize = 256 << 10;

/// Says what arrived from a child that was killed in the middle of its third message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// How many messages arrived whole.
    pub whole: usize,
    /// How many bytes of another one did.
    pub of_another: usize,
    /// Whether the reader was told that a process had died.
    pub told: bool,
}

fn lanes() -> [tracing::Span; 2] {
    let lane = |name, span: fn() -> tracing::Span| info_span!("lane", lane = name).in_scope(span);
    [
        lane("parent", || info_span!("waits", what = "messages", from = "child")),
        lane("child", || info_span!("runs", what = "sends")),
    ]
}

/// Kills a child in the middle of its third message, which it writes to a pipe.
///
/// # Errors
/// The child cannot be started, or ends by itself.
pub fn through_a_pipe(program: &Path) -> io::Result<Arrived> {
    let _lanes = lanes();
    let (mut from, to) = io::pipe()?;
    let role = Role::Memory(MemoryRole::Write { pipe: to.as_fd().as_raw_fd() });
    let child = start(program, role, &[to.as_fd()], DEADLINE)?;
    drop(to);
    let mut message = vec![0; LONG];
    let mut whole = 0;
    while whole < 2 {
        from.read_exact(&mut message)?;
        whole += usize::from(message.iter().all(|byte| usize::from(*byte) == whole));
    }
    // Of the third one, as much is read as shows that it has begun. It cannot have been written to
    // its end: there is no room for that.
    from.read_exact(&mut message[..1])?;
    child.kill()?;
    let mut rest = Vec::new();
    from.read_to_end(&mut rest)?;
    Ok(Arrived { whole, of_another: 1 + rest.len(), told: false })
}

/// Kills a child in the middle of its third message, which it writes to a ring.
///
/// # Errors
/// As [`through_a_pipe`].
pub fn through_a_ring(program: &Path) -> io::Result<Arrived> {
    let _lanes = lanes();
    let ring = Ring::new(4 * LONG)?;
    let role = Role::Memory(MemoryRole::Send { ring: ring.as_fd().as_raw_fd() });
    let child = start(program, role, &[ring.as_fd()], DEADLINE)?;
    ring.expect_producer(child.pid());
    let mut consumer = ring.consumer()?;
    child.line()?;
    child.kill()?;
    let mut whole = 0;
    let told = loop {
        match consumer.receive() {
            Ok(message) => {
                let right = message.iter().all(|byte| usize::from(*byte) == whole);
                whole += usize::from(right && message.len() == LONG);
            }
            Err(error) => break matches!(error, Error::Died { .. }),
        }
    };
    Ok(Arrived { whole, of_another: 0, told })
}

/// Writes messages to a pipe, until it is killed: what the child does.
pub(crate) fn write(pipe: OwnedFd) -> io::Result<()> {
    let mut pipe = io::PipeWriter::from(pipe);
    for n in 0.. {
        pipe.write_all(&vec![n; LONG])?;
    }
    Ok(())
}

/// Sends two messages through a ring, writes half of a third, and waits to be killed: what the
/// child does.
pub(crate) fn send(ring: OwnedFd) -> io::Result<()> {
    let mut producer = Ring::open(ring)?.producer()?;
    for n in 0..2 {
        let mut place = producer.reserve(LONG).map_err(io::Error::other)?;
        place.fill(n);
        place.send();
    }
    producer.reserve(LONG).map_err(io::Error::other)?[..LONG / 2].fill(2);
    writeln!(io::stdout(), "in the middle")?;
    std::thread::park_timeout(DEADLINE);
    Ok(())
}

/// Starts a child that sends back what it is sent, and returns this process's ends of the two
/// rings.
///
/// # Errors
/// The child cannot be started.
pub fn echoing(program: &Path, capacity: usize) -> io::Result<(Started, Producer, Consumer)> {
    let (there, back) = (Ring::new(capacity)?, Ring::new(capacity)?);
    let role = MemoryRole::Echo { from: there.as_fd().as_raw_fd(), to: back.as_fd().as_raw_fd() };
    let child = start(program, Role::Memory(role), &[there.as_fd(), back.as_fd()], DEADLINE)?;
    there.expect_consumer(child.pid());
    back.expect_producer(child.pid());
    Ok((child, there.producer()?, back.consumer()?))
}

/// Sends back what comes in, until the other end is gone: what the child does.
pub(crate) fn echo(from: OwnedFd, to: OwnedFd) -> io::Result<()> {
    let (mut from, mut to) = (Ring::open(from)?.consumer()?, Ring::open(to)?.producer()?);
    while let Ok(message) = from.receive() {
        if to.send(&message).is_err() {
            break;
        }
    }
    Ok(())
}

/// Says how a conversation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// How many messages came back as they were sent.
    pub right: u32,
    /// The time for one, there and back: the median.
    pub time: Duration,
    /// How often this end has slept.
    pub sleeps: u64,
}

/// Sends messages of 64 bytes to a child, and waits for each to come back.
///
/// # Errors
/// The child cannot be started, or dies.
pub fn there_and_back(program: &Path, messages: u32) -> io::Result<Conversation> {
    let _lanes = lanes();
    let (child, mut there, mut back) = echoing(program, 1 << 16)?;
    let (mut right, mut times) = (0, Vec::with_capacity(messages as usize));
    for n in 0..messages {
        let begun = Instant::now();
        let message = [n as u8; 64];
        there.send(&message).map_err(io::Error::other)?;
        right += u32::from(*back.receive().map_err(io::Error::other)? == message);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let sleeps = back.sleeps();
    drop(there);
    child.answer()?;
    Ok(Conversation { right, time: times[times.len() / 2], sleeps })
}
