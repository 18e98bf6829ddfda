//! Each means of communication at 64 B, 4 KiB and 1 MiB: the time of a round trip, and the
//! throughput one way.
//!
//! This is a short run, for a first impression: the median of three batches of some 12 ms each, on
//! the cores that the system gives to the two processes. With all means but the ring, a message is
//! copied out of the kernel, or out of a channel's buffer; the ring's is read where it was written.
//! `cargo bench --bench ipc` takes longer, and more care.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::Entry;

use crate::child::TalkingChild;
use crate::links::{Link, Opened, join, open};
use crate::parent::{Parent, number};

/// The means of communication.
pub const MEANS: [&str; 6] = ["pipe", "socketpair", "fifo", "message-queue", "ipc-channel", "ring"];

/// The lengths that are compared, in bytes.
pub const SIZES: [usize; 3] = [64, 4096, 1 << 20];

/// The time that a batch is meant to take.
const BATCH: Duration = Duration::from_millis(12);

/// Measures a means at each of the [`SIZES`]; `None` where it has no message of that length.
pub fn measure(program: &Path, means: &str) -> io::Result<[Option<Measured>; 3]> {
    let Opened { mut child, mut link, .. } = open(program, &CHILD, means)?;
    let mut measured = [None; 3];
    for (size, measured) in SIZES.into_iter().zip(&mut measured) {
        // Linux lets an ordinary process have messages of 8 KiB in a message queue.
        if size <= SIZES[1] || means != "message-queue" {
            let mut time = |does| median(|count| batch(&mut child, &mut *link, does, size, count));
            *measured = Some(Measured { there_and_back: time("echo")?, one_way: time("take")? });
        }
    }
    child.send_line("end")?;
    child.succeeds()?;
    Ok(measured)
}

/// Returns the median time of one message, of three batches, whose size is found out first.
fn median(mut batch: impl FnMut(u32) -> io::Result<Duration>) -> io::Result<Duration> {
    let one = batch(1)?.max(Duration::from_nanos(100));
    let few = u32::try_from(BATCH.as_nanos() / 10 / one.as_nanos()).unwrap_or(1).clamp(1, 1000);
    let one = (batch(few)? / few).max(Duration::from_nanos(50));
    let count = u32::try_from(BATCH.as_nanos() / one.as_nanos()).unwrap_or(1).clamp(1, 100_000);
    let mut times = [batch(count)?, batch(count)?, batch(count)?];
    times.sort_unstable();
    Ok(times[1] / count)
}

/// Writes the number of a message into its first byte and its last one.
fn mark(message: &mut [u8], number: u32) {
    let (first, last) = (number as u8, !(number as u8));
    if let [start, .., end] = message {
        (*start, *end) = (first, last);
    }
}

fn check(message: &[u8], number: u32) -> io::Result<()> {
    match message {
        [start, .., end] if (*start, *end) == (number as u8, !(number as u8)) => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a message did not come whole")),
    }
}

/// Returns the time in which the child has received this number of messages, and has sent each back
/// if it `does` echo.
fn batch(
    child: &mut TalkingChild,
    link: &mut dyn Link,
    does: &str,
    size: usize,
    count: u32,
) -> io::Result<Duration> {
    child.send_line(format!("{does} {size} {count}"))?;
    let (mut message, mut start) = (vec![0; size], Instant::now());
    for number in 0..=count {
        mark(&mut message, number);
        link.send(&message)?;
        if does == "echo" {
            link.receive(size, &mut |echo| check(echo, number))?;
        } else if number == 0 || number == count {
            // The time ends when the last one has been received.
            link.receive(SIZES[0], &mut |_| Ok(()))?;
        }
        if number == 0 {
            // The first one is not timed: the child may have been asleep.
            start = Instant::now();
        }
    }
    Ok(start.elapsed())
}

/// The child, at the other side: it is given the means, and then told what to do with how many
/// messages of what length.
pub const CHILD: Entry = Entry { name: "ipc-compared", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let (means, handed) = arguments.split_last().ok_or(io::ErrorKind::InvalidInput)?;
    let parent = Parent::listen()?;
    let mut link = join(&parent, means, handed)?;
    let mut message = vec![0; SIZES[2]];
    loop {
        let line = parent.recv_line()?;
        let [does, size, count] = line.split(' ').collect::<Vec<_>>()[..] else { return Ok(()) };
        let (size, count): (usize, u32) = (number(size)?, number(count)?);
        for number in 0..=count {
            link.receive(size, &mut |message| check(message, number))?;
            if does == "echo" {
                mark(&mut message[..size], number);
                link.send(&message[..size])?;
            } else if number == 0 || number == count {
                link.send(&message[..SIZES[0]])?;
            }
        }
    }
}

/// The times of one means at one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Of a message and its echo.
    pub there_and_back: Duration,
    /// Of a message, one of many in a row.
    pub one_way: Duration,
}

impl Measured {
    /// Returns the throughput one way, in megabytes a second.
    pub fn megabytes(&self, size: usize) -> u64 {
        let bytes = size as f64 / self.one_way.as_secs_f64();
        (bytes / 1e6).round() as u64
    }
}
