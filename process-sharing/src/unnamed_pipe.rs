//! An unnamed pipe, `pipe(2)`: one way, from its writing end to its reading end, and between
//! relatives, for a process gets an end by inheriting it.
//!
//! Several writers may share the writing end. A message of up to `PIPE_BUF` bytes is written as a
//! whole or not at all. Of a longer one as much is written as there is room for, and another writer
//! may be next. To see that on every run, the pipe has room for a part of the message, and is
//! non-blocking: where a blocking write would sleep in the middle, this one returns.

use std::io::{self, ErrorKind, PipeWriter, Read, Write};
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::PARENT;
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;

use crate::child::TalkingChild;
use crate::parent::{Parent, inherited, number, words};

/// The length of the longest message that is written as a whole, in bytes.
pub const PIPE_BUF: usize = libc::PIPE_BUF;

/// Lets a child write into the end that it has inherited, and exit. Returns the text that is read, up
/// to the end of the input, and whether a write into the reading end is refused (EBADF), and a read
/// from the writing end.
pub fn one_way(program: &Path) -> io::Result<(String, [bool; 2])> {
    let (reader, writer) = io::pipe()?;
    let refused = [
        rustix::io::write(&reader, b"x") == Err(Errno::BADF),
        rustix::io::read(&writer, &mut [0; 1]) == Err(Errno::BADF),
    ];
    let mut child = start(program, "child", &writer, "hello", 1)?;
    child.send_line("go on")?;
    // The input ends when the last copy of the writing end is closed: this one, and the child's.
    drop(writer);
    let _waits = PARENT.waits("the end of input", "child");
    let text = io::read_to_string(reader)?;
    child.succeeds().map(|()| (text, refused))
}

/// Closes the reading end before a child writes, and returns what the child finds.
pub fn no_reader(program: &Path) -> io::Result<String> {
    let (reader, writer) = io::pipe()?;
    drop(reader);
    start(program, "child", &writer, "hello", 1)?.answer()
}

/// What came out of a pipe with two writers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoWriters {
    /// The length of the message `aaa…`; the other writer's is `bbb`.
    pub length: usize,
    /// Each run of the same byte, and its length.
    pub runs: Vec<(char, usize)>,
}

/// Lets a process write `length` bytes while there is room for less, and another one write three.
/// `None` stands for one byte more than the empty pipe has room for.
pub fn two_writers(program: &Path, length: Option<usize>) -> io::Result<TwoWriters> {
    let (mut reader, mut writer) = io::pipe()?;
    let length = length.unwrap_or(as_small_as_can_be(&writer)? + 1);
    // Now there is room for a part of the message.
    writer.write_all(b".")?;
    // Processes that have inherited an end share its flags.
    fcntl_setfl(&writer, OFlags::NONBLOCK)?;
    let mut long = start(program, "long", &writer, "a", length)?;
    let begun: usize = number(&long.recv_line()?)?;
    let waits = long.lane().waits("room", "parent");
    let mut all = vec![0; 1 + begun];
    reader.read_exact(&mut all)?;
    let mut short = start(program, "short", &writer, "bbb", 1)?;
    let writes = short.lane().runs("writes bbb");
    short.expect_line("3")?;
    short.send_line("go on")?;
    short.succeeds()?;
    // From here on, each write waits for room.
    fcntl_setfl(&writer, OFlags::empty())?;
    drop((waits, writes, writer));
    let _writes = long.lane().runs("writes the rest");
    long.send_line("go on")?;
    reader.read_to_end(&mut all)?;
    long.succeeds()?;
    let runs = all[1..].chunk_by(|one, next| one == next);
    Ok(TwoWriters { length, runs: runs.map(|run| (char::from(run[0]), run.len())).collect() })
}

/// Makes the pipe as small as the system lets it be, and returns its capacity in bytes: a page.
#[cfg(target_os = "linux")]
fn as_small_as_can_be(pipe: &PipeWriter) -> io::Result<usize> {
    rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BUF)?;
    Ok(rustix::pipe::fcntl_getpipe_size(pipe)?)
}

/// Returns the greatest capacity that a pipe has here, in bytes.
#[cfg(not(target_os = "linux"))]
fn as_small_as_can_be(_: &PipeWriter) -> io::Result<usize> {
    Ok(64 << 10)
}

/// Starts a child that writes a text this number of times, in one message.
fn start(
    program: &Path,
    lane: &str,
    pipe: &PipeWriter,
    text: &str,
    times: usize,
) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &CHILD, lane, &[pipe], &[text, &times.to_string()])
}

/// The child: writes as much of its message as there is room for, says how much that is, and writes
/// the rest when it is told to.
pub const CHILD: Entry = Entry { name: "unnamed-pipe", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [pipe, text, times] = words(arguments)?;
    let (mut pipe, parent) = (PipeWriter::from(inherited(pipe)?), Parent::listen()?);
    let message = text.repeat(number(times)?);
    let begun = match pipe.write(message.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
        // Rust ignores SIGPIPE, which ends a program in C.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return parent.send_line("EPIPE"),
        begun => begun?,
    };
    parent.send_line(begun)?;
    parent.recv_line()?;
    pipe.write_all(&message.as_bytes()[begun..])
}
