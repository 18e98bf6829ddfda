//! Message queues, as a link. A queue does not tell of a process that dies, so each wait has a
//! timeout.

use std::io;
use std::path::Path;

use kit::child::{DEADLINE, timed_out};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;

use super::{Link, Look, Opened};
use crate::child::TalkingChild;
use crate::message_queue::{MessageQueue, unlink};
use crate::names::Names;
use crate::parent::Parent;

/// How many messages there is room for, and the length of the longest in bytes.
const ROOM: (i64, usize) = (10, 4096);

/// The queue to read from, the one to write to, and a buffer.
struct Queues(MessageQueue, MessageQueue, [u8; ROOM.1]);

impl Link for Queues {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        while !self.1.send(message, 0)? {
            wait(&self.1, PollFlags::OUT)?;
        }
        Ok(())
    }

    fn receive(&mut self, _: usize, look: Look<'_>) -> io::Result<()> {
        loop {
            if let Some(length) = self.0.receive(&mut self.2)? {
                return look(&self.2[..length]);
            }
            wait(&self.0, PollFlags::IN)?;
        }
    }
}

/// Waits until there is room in a queue, or a message.
fn wait(queue: &MessageQueue, event: PollFlags) -> io::Result<()> {
    let limit = Timespec::try_from(DEADLINE).map_err(io::Error::other)?;
    let ready = retry_on_intr(|| poll(&mut [PollFd::new(queue, event)], Some(&limit)))?;
    if ready == 0 { Err(timed_out()) } else { Ok(()) }
}

fn link(read: MessageQueue, write: MessageQueue) -> Box<dyn Link> {
    Box::new(Queues(read, write, [0; ROOM.1]))
}

/// Opens the parent's side. Each direction has names of its own, which are removed when both sides
/// have opened it.
pub(super) fn open(program: &Path, mut child: TalkingChild) -> io::Result<Opened> {
    let mut opened = || {
        let names = Names::new(program)?;
        let queue = MessageQueue::create(&names.word(), ROOM.0, ROOM.1 as i64)?;
        child.send_line(names.word())?;
        child.expect_line("open")?;
        unlink(&names.word()).map(|()| queue)
    };
    let (write, read) = (opened()?, opened()?);
    Ok(Opened { child, link: link(read, write), _names: None })
}

/// Opens the child's side.
pub(super) fn join(parent: &Parent) -> io::Result<Box<dyn Link>> {
    let opened = || {
        let queue = MessageQueue::open(&parent.recv_line()?)?;
        parent.send_line("open").map(|()| queue)
    };
    let (read, write) = (opened()?, opened()?);
    Ok(link(read, write))
}
