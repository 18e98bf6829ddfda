//! A POSIX message queue: messages stay whole, the highest priority comes first, and the queue
//! belongs to the system, not to a process.
//!
//! It is bounded, in messages and in bytes; Linux lets an ordinary process ask for 10 messages of 8
//! KiB. It stays, with all that is in it, until it is unlinked or the machine is rebooted. Linux has
//! such queues, macOS has none.

use std::io;
use std::path::Path;

use kit::child::Entry;
use nix::errno::Errno;
use nix::mqueue::{MQ_OFlag, MqAttr, MqdT, mq_open, mq_receive, mq_send, mq_unlink};
use nix::sys::stat::Mode;
use tracing::info_span;

use crate::child::{TalkingChild, parent_lane};
use crate::names::Names;
use crate::parent::{Parent, number, words};

/// The capacity of the lessons' queues in messages, and the length of the longest in bytes.
const CAPACITY: (i64, i64) = (4, 64);

const FLAGS: MQ_OFlag = MQ_OFlag::O_RDWR.union(MQ_OFlag::O_NONBLOCK);
const OURS: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// A message queue that is open in this process, non-blocking. Dropping it closes it; the queue
/// stays.
///
/// ```
/// use process_sharing::message_queue::{MessageQueue, unlink};
///
/// let name = format!("/example-{}", std::process::id());
/// let queue = MessageQueue::create(&name)?;
/// unlink(&name)?;
/// assert!(queue.send("later", 1)? && queue.send("urgent", 9)?);
/// assert_eq!(queue.receive()?.as_deref(), Some("urgent"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct MessageQueue(MqdT);

impl MessageQueue {
    /// Makes a queue of that name, a slash and a word.
    ///
    /// # Errors
    /// There is one of that name, or the system will not have it.
    pub fn create(name: &str) -> io::Result<Self> {
        let attributes = MqAttr::new(0, CAPACITY.0, CAPACITY.1, 0);
        let flags = MQ_OFlag::O_CREAT | MQ_OFlag::O_EXCL | FLAGS;
        Ok(Self(mq_open(name, flags, OURS, Some(&attributes))?))
    }

    /// Opens the queue of that name, and makes none: one that is made after its name was to be
    /// removed would stay for ever.
    ///
    /// # Errors
    /// There is none of that name, or it belongs to another user.
    pub fn open(name: &str) -> io::Result<Self> {
        Ok(Self(mq_open(name, FLAGS, OURS, None)?))
    }

    /// Sends a message; tells whether there was room.
    ///
    /// # Errors
    /// The message is too long.
    pub fn send(&self, text: &str, priority: u32) -> io::Result<bool> {
        match mq_send(&self.0, text.as_bytes(), priority) {
            Err(Errno::EAGAIN) => Ok(false),
            sent => Ok(sent.map(|()| true)?),
        }
    }

    /// Receives the message of the highest priority, of several the oldest; `None` if the queue is
    /// empty.
    ///
    /// # Errors
    /// The message is no text.
    pub fn receive(&self) -> io::Result<Option<String>> {
        let mut text = [0; CAPACITY.1 as usize];
        match mq_receive(&self.0, &mut text, &mut 0) {
            Err(Errno::EAGAIN) => Ok(None),
            Err(error) => Err(error.into()),
            Ok(length) => {
                String::from_utf8(text[..length].to_vec()).map(Some).map_err(io::Error::other)
            }
        }
    }
}

/// Removes the name of a queue. The queue itself goes when no process has it open any more.
///
/// # Errors
/// There is none of that name.
pub fn unlink(name: &str) -> io::Result<()> {
    Ok(mq_unlink(name)?)
}

/// What a run has received, and what it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The messages, in the order in which they were received, with spaces between them.
    pub messages: String,
    /// Whether the system still knew the name when all processes that had the queue open had exited.
    pub name_stays: bool,
}

/// Makes a queue that no process has open.
fn queue(program: &Path) -> io::Result<(Names, String)> {
    let names = Names::new(program)?;
    let name = names.word();
    MessageQueue::create(&name).map(|_| (names, name))
}

fn start(program: &Path, name: &str, lane: &str, does: &str) -> io::Result<TalkingChild> {
    let mut child = TalkingChild::start(program, &CHILD, lane, &[], &[name, does])?;
    child.expect_line("open")?;
    Ok(child)
}

/// Lets a sender send, and waits for its exit.
fn sent(mut sender: TalkingChild) -> io::Result<()> {
    let _sends = sender.lane(|| info_span!("runs", what = "sends"));
    sender.send_line("go on")?;
    sender.succeeds()
}

/// Lets a receiver receive, and waits for its exit.
fn received(mut receiver: TalkingChild, name: &str) -> io::Result<Received> {
    let _receives = receiver.lane(|| info_span!("runs", what = "receives"));
    receiver.send_line("go on")?;
    let messages = receiver.recv_line()?;
    receiver.succeeds()?;
    Ok(Received { messages, name_stays: unlink(name).is_ok() })
}

/// Lets one process send `1:a`, `1:b` and `9:urgent`, a priority and a word each, and another one
/// receive after that. Both have the queue open when its name is removed.
pub fn priorities(program: &Path) -> io::Result<Received> {
    let (_names, name) = queue(program)?;
    let sender = start(program, &name, "sender", "1:a 1:b 9:urgent")?;
    let receiver = start(program, &name, "receiver", "receive")?;
    unlink(&name)?;
    sent(sender)?;
    received(receiver, &name)
}

/// Lets a process send and exit, so that no process has the queue open; a second one, started
/// afterwards, receives and exits as well.
pub fn left_behind(program: &Path) -> io::Result<Received> {
    let (_names, name) = queue(program)?;
    sent(start(program, &name, "sender", "1:forgotten")?)?;
    let closed = parent_lane(|| info_span!("idles", what = "no process has it open"));
    let receiver = start(program, &name, "later", "receive")?;
    drop(closed);
    received(receiver, &name)
}

/// Lets a process send five messages into a queue with room for four; returns what it says of the
/// fifth.
pub fn full(program: &Path) -> io::Result<String> {
    let (_names, name) = queue(program)?;
    let mut sender = start(program, &name, "sender", "1:a 1:b 1:c 1:d 1:e")?;
    unlink(&name)?;
    sender.send_line("go on")?;
    let line = sender.recv_line()?;
    sender.succeeds().map(|()| line)
}

/// The child: a sender or a receiver, which is given the queue's name, and what to do.
pub const CHILD: Entry = Entry { name: "message-queue", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [name, does] = words(arguments)?;
    let (queue, parent) = (MessageQueue::open(name)?, Parent::listen()?);
    parent.send_line("open")?;
    parent.recv_line()?;
    if does == "receive" {
        let mut received = Vec::new();
        while let Some(text) = queue.receive()? {
            received.push(text);
        }
        return parent.send_line(received.join(" "));
    }
    for message in does.split_whitespace() {
        let (priority, text) = message.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
        if !queue.send(text, number(priority)?)? {
            parent.send_line(format!("no room for {text}"))?;
        }
    }
    Ok(())
}
