//! A POSIX message queue: messages stay whole, the highest priority comes first, and the queue
//! belongs to the system, not to a process.
//!
//! It is bounded, in messages and in bytes; Linux lets an ordinary process ask for 10 messages of 8
//! KiB. It stays, with all that is in it, until it is unlinked or the machine is rebooted. Linux has
//! such queues, macOS has none.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::PARENT;
use nix::errno::Errno;
use nix::mqueue::{MQ_OFlag, MqAttr, MqdT, mq_open, mq_receive, mq_send, mq_unlink};
use nix::sys::stat::Mode;

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, number, words};

/// The capacity of the lesson's queues in messages, and the length of the longest in bytes.
const CAPACITY: i64 = 4;
const LONGEST: usize = 64;

const FLAGS: MQ_OFlag = MQ_OFlag::O_RDWR.union(MQ_OFlag::O_NONBLOCK);
const OURS: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// A message queue that is open in this process, non-blocking. Dropping it closes it; the queue
/// stays.
///
/// ```
/// use process_sharing::message_queue::{MessageQueue, unlink};
///
/// let name = format!("/example-{}", std::process::id());
/// let queue = MessageQueue::create(&name, 4, 64)?;
/// unlink(&name)?;
/// assert!(queue.send(b"later", 1)? && queue.send(b"urgent", 9)?);
/// let mut buffer = [0; 64];
/// let length = queue.receive(&mut buffer)?.expect("two were sent");
/// assert_eq!(buffer[..length], *b"urgent");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct MessageQueue(MqdT);

impl MessageQueue {
    /// Makes a queue of that name, a slash and a word, with room for a number of messages of a length
    /// in bytes.
    pub fn create(name: &str, messages: i64, longest: i64) -> io::Result<Self> {
        let attributes = MqAttr::new(0, messages, longest, 0);
        let flags = MQ_OFlag::O_CREAT | MQ_OFlag::O_EXCL | FLAGS;
        Ok(Self(mq_open(name, flags, OURS, Some(&attributes))?))
    }

    /// Opens the queue of that name, and makes none: one that is made after its name was to be
    /// removed would stay for ever.
    pub fn open(name: &str) -> io::Result<Self> {
        Ok(Self(mq_open(name, FLAGS, OURS, None)?))
    }

    /// Sends a message; tells whether there was room.
    ///
    /// # Errors
    /// The message is too long.
    pub fn send(&self, message: &[u8], priority: u32) -> io::Result<bool> {
        match mq_send(&self.0, message, priority) {
            Err(Errno::EAGAIN) => Ok(false),
            sent => Ok(sent.map(|()| true)?),
        }
    }

    /// Receives the message of the highest priority, of several the oldest, and returns its length;
    /// `None` if the queue is empty.
    ///
    /// # Errors
    /// The buffer is shorter than the queue's longest message.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match mq_receive(&self.0, buffer, &mut 0) {
            Err(Errno::EAGAIN) => Ok(None),
            received => Ok(received.map(Some)?),
        }
    }
}

/// On Linux a queue is a descriptor, which `poll` and `epoll` can wait for.
impl AsFd for MessageQueue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Removes the name of a queue. The queue itself goes when no process has it open any more.
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
    MessageQueue::create(&name, CAPACITY, LONGEST as i64).map(|_| (names, name))
}

fn start(program: &Path, name: &str, lane: &str, does: &str) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &CHILD, lane, &[], &[name, does])?.after("open")
}

/// Lets a sender send, and waits for its exit.
fn sent(mut sender: TalkingChild) -> io::Result<()> {
    let _sends = sender.lane().runs("sends");
    sender.send_line("go on")?;
    sender.succeeds()
}

/// Lets a receiver receive, and waits for its exit.
fn received(mut receiver: TalkingChild, name: &str) -> io::Result<Received> {
    let _receives = receiver.lane().runs("receives");
    receiver.send_line("go on")?;
    Ok(Received { messages: receiver.answer()?, name_stays: unlink(name).is_ok() })
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
    let closed = PARENT.idles("no process has it open");
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
    sender.answer()
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
        let buffer = &mut [0; LONGEST];
        while let Some(length) = queue.receive(buffer)? {
            received.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
        return parent.send_line(received.join(" "));
    }
    for message in does.split_whitespace() {
        let (priority, text) = message.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
        if !queue.send(text.as_bytes(), number(priority)?)? {
            parent.send_line(format!("no room for {text}"))?;
        }
    }
    Ok(())
}
