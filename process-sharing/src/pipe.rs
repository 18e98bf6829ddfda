//! A two-way pipe, which is a pair of connected sockets: what Python's `Pipe()` is.
//!
//! The library is [`Pipe`], an end that sends and receives values of a type; the lesson is what
//! parent and child do wrong with their ends.

use std::io::{self, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::PARENT;

use crate::child::TalkingChild;
use crate::parent::{Parent, inherited, words};

mod typed;

pub use typed::Pipe;

pub use crate::message::Error;

/// The parent's end, which receives a list of numbers and sends a number.
type Ours = Pipe<u32, Vec<u32>>;
type Theirs = Pipe<Vec<u32>, u32>;
/// An end that sends and receives the same.
type Much = Pipe<Vec<u32>, Vec<u32>>;

/// Starts the child with its end of a pipe. The parent's copy of that end is returned too, for the
/// caller to drop.
fn start(program: &Path, does: &str) -> io::Result<(Ours, Theirs, TalkingChild)> {
    let (ours, theirs) = Ours::pair()?;
    let child = TalkingChild::start(program, &CHILD, "child", &[&theirs], &[does])?;
    Ok((ours, theirs, child))
}

/// Lets the child send the numbers 1 to 5 and the parent answer 123; returns what each has
/// received.
pub fn conversation(program: &Path) -> io::Result<(Vec<u32>, u32)> {
    let (ours, theirs, child) = start(program, "converse")?;
    drop(theirs);
    let waits = PARENT.waits("numbers", "child");
    let numbers = ours.receive()?;
    drop(waits);
    let waits = child.lane().waits("an answer", "parent");
    ours.send(&123)?;
    let answer = child.answer()?.parse().map_err(io::Error::other)?;
    drop(waits);
    Ok((numbers, answer))
}

/// The results of a receive, and of a send after it.
pub type Ended = (Result<Vec<u32>, Error>, Result<(), Error>);

/// Lets the child exit without a message, and returns the results of the parent's receive and send.
pub fn closed(program: &Path) -> io::Result<Ended> {
    let (ours, theirs, child) = start(program, "exit")?;
    drop(theirs);
    let received = ours.receive();
    child.succeeds()?;
    Ok((received, ours.send(&123)))
}

/// Kills the child when it has sent half a value, and returns the result of the parent's receive.
pub fn cut_off(program: &Path) -> io::Result<Result<Vec<u32>, Error>> {
    let (ours, theirs, mut child) = start(program, "half")?;
    drop(theirs);
    child.expect_line("half is sent")?;
    child.kill()?;
    Ok(ours.receive())
}

/// Lets the child exit while the parent still has its own copy of the child's end, and waits for
/// the end of the stream.
/// It blocks for ever.
pub fn end_kept(program: &Path) -> io::Result<()> {
    let (ours, _theirs, child) = start(program, "exit")?;
    child.succeeds()?;
    let _holds = PARENT.holds("the child's end");
    let _waits = PARENT.waits("the child's end", None);
    Ok(ours.receive().map(drop)?)
}

/// Lets both send 4 MiB, which is more than there is room for, before either receives.
/// It blocks for ever.
pub fn both_send(program: &Path) -> io::Result<()> {
    let (ours, theirs) = Much::pair()?;
    let mut child = TalkingChild::start(program, &CHILD, "child", &[&theirs], &["send much"])?;
    drop(theirs);
    child.expect_line("sending")?;
    let _child = child.lane().waits("room to send", "parent");
    let _parent = PARENT.waits("room to send back", "child");
    send_then_receive(&ours)
}

fn send_then_receive(pipe: &Much) -> io::Result<()> {
    pipe.send(&vec![u32::MAX; 1 << 20])?;
    Ok(pipe.receive().map(drop)?)
}

/// The child: has an end of the pipe, and does what it is told.
pub const CHILD: Entry = Entry { name: "pipe", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [end, does] = words(arguments)?;
    let (end, parent) = (inherited(end)?, Parent::listen()?);
    match does {
        "converse" => {
            let pipe = Theirs::from(end);
            pipe.send(&vec![1, 2, 3, 4, 5])?;
            parent.send_line(pipe.receive()?)
        }
        "half" => {
            // The length says 9 bytes, and 3 of them follow.
            UnixStream::from(end).write_all(&[9, 0, 0, 0, 1, 2, 3])?;
            parent.send_line("half is sent")?;
            parent.recv_line().map(drop)
        }
        "send much" => {
            parent.send_line("sending")?;
            send_then_receive(&Much::from(end))
        }
        "exit" => Ok(()),
        _ => Err(ErrorKind::InvalidInput.into()),
    }
}
