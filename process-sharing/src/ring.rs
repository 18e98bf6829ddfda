//! Messages from a child that is killed in the middle of one: through a pipe, and through the
//! [ring](crate::shared_memory::ring).
//!
//! A pipe carries bytes, so half a message arrives. The ring carries messages: one that was not
//! sent whole was never there. A third run measures the round trip through two rings.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry};
use kit::process_lane::PARENT;
use tracing::Span;

use crate::child::TalkingChild;
use crate::parent::{Parent, inherited};
use crate::shared_memory::ring::{Consumer, Error, Producer, Ring};

/// The length of each message in bytes: more than a pipe has room for, which is 64 KiB on Linux.
pub const LONG: usize = 256 << 10;

fn lanes(child: &TalkingChild) -> [Span; 2] {
    [PARENT.waits("messages", "child"), child.lane().runs("sends")]
}

/// Kills a child in the middle of its third message, which it writes to a pipe. Returns the number
/// of messages that arrived whole, and the number of bytes of another one that arrived.
pub fn through_a_pipe(program: &Path) -> io::Result<[usize; 2]> {
    let (mut from, to) = io::pipe()?;
    let mut child = TalkingChild::start(program, &CHILD, "child", &[&to], &["write"])?;
    let _lanes = lanes(&child);
    drop(to);
    let (mut message, mut whole) = (vec![0; LONG], 0);
    while whole < 2 {
        from.read_exact(&mut message)?;
        whole += usize::from(message.iter().all(|byte| usize::from(*byte) == whole));
    }
    // One byte shows that the third message has begun. The pipe has no room for all of it.
    from.read_exact(&mut message[..1])?;
    child.kill()?;
    Ok([whole, 1 + from.read_to_end(&mut Vec::new())?])
}

/// Kills a child in the middle of its third message, which it writes to a ring. Returns the number
/// of messages that arrived, and what the reader is told then.
pub fn through_a_ring(program: &Path) -> io::Result<(usize, Error)> {
    let ring = Ring::new(4 * LONG)?;
    let mut child = TalkingChild::start(program, &CHILD, "child", &[&ring], &["send"])?;
    let _lanes = lanes(&child);
    ring.expect_producer(child.pid());
    let mut consumer = ring.consumer()?;
    child.expect_line("in the middle")?;
    child.kill()?;
    let mut whole = 0;
    loop {
        match consumer.receive() {
            Ok(message) if *message == [whole as u8; LONG] => whole += 1,
            Ok(_) => return Err(io::ErrorKind::InvalidData.into()),
            Err(told) => return Ok((whole, told)),
        }
    }
}

/// Starts a child that sends back each message, and returns this process's ends of the two rings.
pub fn echo(program: &Path, capacity: usize) -> io::Result<(TalkingChild, Producer, Consumer)> {
    let (there, back) = (Ring::new(capacity)?, Ring::new(capacity)?);
    let child = TalkingChild::start(program, &CHILD, "child", &[&there, &back], &["echo"])?;
    there.expect_consumer(child.pid());
    back.expect_producer(child.pid());
    Ok((child, there.producer()?, back.consumer()?))
}

/// Sends messages of 64 bytes to a child, and waits for each to come back. Returns the number of
/// those that came back as they were sent, the median time, and how often this end has slept.
pub fn there_and_back(program: &Path, messages: u32) -> io::Result<(u32, Duration, u64)> {
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
    drop(there);
    child.succeeds()?;
    Ok((right, times[times.len() / 2], back.sleeps()))
}

/// The child: writes to a pipe or sends to a ring until it is killed, or echoes from one ring into
/// another until that is closed.
pub const CHILD: Entry = Entry { name: "ring", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let _parent = Parent::listen()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
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
            while from.receive().is_ok_and(|message| to.send(&message).is_ok()) {}
            Ok(())
        }
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}
