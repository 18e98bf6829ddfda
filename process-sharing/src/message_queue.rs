//! A POSIX message queue: messages stay whole, the highest priority comes first, and the queue is
//! the system's, not a process's.
//!
//! It is bounded, in messages and in bytes; Linux lets an ordinary process ask for 10 messages of 8
//! KiB. It stays, with all that is in it, until it is unlinked or the machine is started anew.
//! Linux has such queues, macOS has none.

use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::mqueue::{MQ_OFlag, MqAttr, MqdT, mq_open, mq_receive, mq_send, mq_unlink};
use nix::sys::stat::Mode;
use tracing::info_span;

use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer, parent};

/// What the queues of these lessons have room for: so many messages of so many bytes.
const ROOM: (i64, i64) = (4, 64);

const FLAGS: MQ_OFlag = MQ_OFlag::O_RDWR.union(MQ_OFlag::O_NONBLOCK);
const OURS: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// A message queue that is open in this process. Dropping it closes it; the queue stays.
///
/// A receive never waits here, nor does a send: the lessons ask only for what is there already.
#[derive(Debug)]
pub struct Mailbox(MqdT);

impl Mailbox {
    /// Makes a queue of that name, a slash and a word.
    ///
    /// # Errors
    /// There is one of that name, or the system will not have it.
    pub fn create(name: &str) -> io::Result<Self> {
        let room = MqAttr::new(0, ROOM.0, ROOM.1, 0);
        Ok(Self(mq_open(name, MQ_OFlag::O_CREAT | MQ_OFlag::O_EXCL | FLAGS, OURS, Some(&room))?))
    }

    /// Opens the queue of that name, and makes none: one that is made when its remover has come and
    /// gone would stay for ever.
    ///
    /// # Errors
    /// There is none of that name, or it is someone else's.
    pub fn open(name: &str) -> io::Result<Self> {
        Ok(Self(mq_open(name, FLAGS, OURS, None)?))
    }

    /// Puts a message in; tells whether there was room.
    ///
    /// # Errors
    /// The message is too long.
    pub fn send(&self, text: &str, priority: u32) -> io::Result<bool> {
        match mq_send(&self.0, text.as_bytes(), priority) {
            Err(Errno::EAGAIN) => Ok(false),
            sent => Ok(sent.map(|()| true)?),
        }
    }

    /// Takes the message of the highest priority out, of several the oldest; `None` if there is
    /// none.
    ///
    /// # Errors
    /// The message is no text.
    pub fn receive(&self) -> io::Result<Option<String>> {
        let mut text = [0; ROOM.1 as usize];
        match mq_receive(&self.0, &mut text, &mut 0) {
            Err(Errno::EAGAIN) => Ok(None),
            Err(error) => Err(error.into()),
            Ok(length) => {
                String::from_utf8(text[..length].to_vec()).map(Some).map_err(io::Error::other)
            }
        }
    }
}

/// Removes the name of a queue. The queue itself goes when nobody has it open any more.
///
/// # Errors
/// There is none of that name.
pub fn unlink(name: &str) -> io::Result<()> {
    Ok(mq_unlink(name)?)
}

/// What a lesson's run leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was received, in this order.
    pub received: Vec<String>,
    /// Whether the system still knew the name when all who had the queue open had ended.
    pub name_stays: bool,
}

/// Makes a queue that nobody has open.
fn made(program: &Path) -> io::Result<Names> {
    let names = Names::new(program)?;
    Mailbox::create(&names.word()).map(|_| names)
}

fn start(program: &Path, name: &str, lane: &str) -> io::Result<Peer> {
    let mut peer = Peer::start(program, Part::Mailbox, lane)?;
    peer.tell(name)?;
    peer.expect("open")?;
    Ok(peer)
}

/// Hears what a receiver has received, and waits for its end.
fn received(mut receiver: Peer) -> io::Result<Vec<String>> {
    receiver.tell("receive")?;
    let received = receiver.heard()?;
    receiver.ended()?;
    Ok(received.split_whitespace().map(str::to_owned).collect())
}

/// One process sends `1:a`, `1:b` and `9:urgent`, a priority and a word each, and another one
/// receives then. Both open the queue first, and then it loses its name.
///
/// # Errors
/// The system will not have the queue, or a child fails.
pub fn priorities(program: &Path) -> io::Result<Outcome> {
    let names = made(program)?;
    let mut sender = start(program, &names.word(), "sender")?;
    let receiver = start(program, &names.word(), "receiver")?;
    unlink(&names.word())?;
    let sends = sender.lane(|| info_span!("runs", what = "sends a, b, urgent"));
    sender.tell("1:a 1:b 9:urgent")?;
    sender.ended()?;
    drop(sends);
    let receives = receiver.lane(|| info_span!("runs", what = "receives"));
    let received = received(receiver)?;
    drop(receives);
    Ok(Outcome { received, name_stays: unlink(&names.word()).is_ok() })
}

/// A process sends and ends; nobody has the queue open then. A second one, started afterwards,
/// receives; it ends as well.
///
/// # Errors
/// The system will not have the queue, or a child fails.
pub fn left_behind(program: &Path) -> io::Result<Outcome> {
    let names = made(program)?;
    let mut sender = start(program, &names.word(), "sender")?;
    let sends = sender.lane(|| info_span!("runs", what = "sends"));
    sender.tell("1:forgotten")?;
    sender.ended()?;
    drop(sends);
    let nobody = parent(|| info_span!("idles", what = "nobody has it open"));
    let receiver = start(program, &names.word(), "later")?;
    drop(nobody);
    let receives = receiver.lane(|| info_span!("runs", what = "receives"));
    let received = received(receiver)?;
    drop(receives);
    Ok(Outcome { received, name_stays: unlink(&names.word()).is_ok() })
}

/// A process sends five messages into a queue with room for four; returns what it says to the
/// fifth.
///
/// # Errors
/// The system will not have the queue, or the child fails.
pub fn full(program: &Path) -> io::Result<String> {
    let names = made(program)?;
    let mut sender = start(program, &names.word(), "sender")?;
    unlink(&names.word())?;
    sender.tell("1:a 1:b 1:c 1:d 1:e")?;
    let said = sender.heard()?;
    sender.ended()?;
    Ok(said)
}

/// A sender or a receiver: is told the queue's name, and what to do.
pub(crate) fn peer(parent: &Parent) -> io::Result<()> {
    let mailbox = Mailbox::open(&parent.told()?)?;
    parent.tell("open")?;
    let does = parent.told()?;
    if does == "receive" {
        let mut received = Vec::new();
        while let Some(text) = mailbox.receive()? {
            received.push(text);
        }
        return parent.tell(received.join(" "));
    }
    for message in does.split_whitespace() {
        let (priority, text) = message.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
        if !mailbox.send(text, priority.parse().map_err(io::Error::other)?)? {
            parent.tell(format!("no room for {text}"))?;
        }
    }
    Ok(())
}
