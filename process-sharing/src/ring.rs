//! Messages from a child that is killed in the middle of one: through a pipe, and through the
//! [ring](crate::shared_memory::ring).
//!
//! A pipe carries bytes, so half a message arrives. The ring carries messages: one that was not
//! sent whole was never there. A third run measures the round trip through two rings.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry};
use tracing::{Span, info_span};

use crate::child::{TalkingChild, parent_lane};
use crate::parent::{Parent, inherited};
use crate::shared_memory::ring::{Consumer, Error, Producer, Ring};

/// The length of each message in bytes: more than a pipe has room for, which is 64 KiB on Linux.
pub const LONG: usize = 256 << 10;

/// What arrived from a child that was killed in the middle of its third message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The number of messages that arrived whole.
    pub whole: usize,
    /// The number of bytes of another one that arrived.
    pub of_another: usize,
    /// Whether the reader was told that a process had died.
    pub told: bool,
}

fn lanes(child: &TalkingChild) -> [Span; 2] {
    [
        parent_lane(|| info_span!("waits", what = "messages", from = "child")),
        child.lane(|| info_span!("runs", what = "sends")),
    ]
}

/// Kills a child in the middle of its third message, which it writes to a pipe.
pub fn through_a_pipe(program: &Path) -> io::Result<Arrived> {
    let (mut from, to) = io::pipe()?;
    let mut child = TalkingChild::start(program, &CHILD, "child", &[&to], &["write"])?;
    let _lanes = lanes(&child);
    drop(to);
    let mut message = vec![0; LONG];
    let mut whole = 0;
    while whole < 2 {
        from.read_exact(&mut message)?;
        whole += usize::from(message.iter().all(|byte| usize::from(*byte) == whole));
    }
    // One byte shows that the third message has begun. It cannot have been written to its end, for
    // the pipe has no room for that.
    from.read_exact(&mut message[..1])?;
    child.kill()?;
    let mut rest = Vec::new();
    from.read_to_end(&mut rest)?;
    Ok(Arrived { whole, of_another: 1 + rest.len(), told: false })
}

/// Kills a child in the middle of its third message, which it writes to a ring.
pub fn through_a_ring(program: &Path) -> io::Result<Arrived> {
    let ring = Ring::new(4 * LONG)?;
    let mut child = TalkingChild::start(program, &CHILD, "child", &[&ring], &["send"])?;
    let _lanes = lanes(&child);
    ring.expect_producer(child.pid());
    let mut consumer = ring.consumer()?;
    child.expect_line("in the middle")?;
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

/// The times of a run in which each message came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTrips {
    /// The number of messages that came back as they were sent.
    pub right: u32,
    /// The median time of a round trip.
    pub time: Duration,
    /// How often this end has slept.
    pub sleeps: u64,
}

/// Starts a child that sends back each message, and returns this process's ends of the two rings.
pub fn echo(program: &Path, capacity: usize) -> io::Result<(TalkingChild, Producer, Consumer)> {
    let (there, back) = (Ring::new(capacity)?, Ring::new(capacity)?);
    let child = TalkingChild::start(program, &CHILD, "child", &[&there, &back], &["echo"])?;
    there.expect_consumer(child.pid());
    back.expect_producer(child.pid());
    Ok((child, there.producer()?, back.consumer()?))
}

/// Sends messages of 64 bytes to a child, and waits for each to come back.
pub fn there_and_back(program: &Path, messages: u32) -> io::Result<RoundTrips> {
    let (child, mut there, mut back) = echo(program, 1 << 16)?;
    let _lanes = lanes(&child);
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
    child.succeeds()?;
    Ok(RoundTrips { right, time: times[times.len() / 2], sleeps })
}

/// The child: writes to a pipe or sends to a ring until it is killed, or echoes from one ring into
/// another until that is closed.
pub const CHILD: Entry = Entry { name: "ring", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let _parent = Parent::listen()?;
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [pipe, "write"] => {
            let mut pipe = io::PipeWriter::from(inherited(pipe)?);
            (0..).try_for_each(|n| pipe.write_all(&vec![n; LONG]))
        }
        [ring, "send"] => {
            let mut producer = Ring::open(inherited(ring)?)?.producer()?;
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
        [from, to, "echo"] => {
            let mut from = Ring::open(inherited(from)?)?.consumer()?;
            let mut to = Ring::open(inherited(to)?)?.producer()?;
            while let Ok(message) = from.receive() {
                if to.send(&message).is_err() {
                    break;
                }
            }
            Ok(())
        }
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}
