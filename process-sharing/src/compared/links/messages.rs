//! Message queues, as a link. A queue does not tell of a process that dies: so whoever waits at one
//! does so for a limited time.
#![expect(unsafe_code, reason = "nix has no send with a limit")]

use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::SystemTime;

use nix::errno::Errno;
use nix::mqueue::{MQ_OFlag, MqAttr, MqdT, mq_open, mq_timedreceive};
use nix::sys::stat::Mode;
use nix::sys::time::TimeSpec;

use super::{Link, Look, Opened};
use crate::child::DEADLINE;
use crate::message_queue::unlink;
use crate::names::Names;
use crate::peer::{Parent, Peer};

/// The longest message, and how many there is room for.
const ROOM: (usize, i64) = (4096, 10);

struct Queues(MqdT, MqdT, Vec<u8>);

impl Link for Queues {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let until = until();
        Ok(uninterrupted(|| {
            // SAFETY: the queue is open for as long as `self`; the message and the time are there
            // while the call lasts.
            let sent = unsafe {
                libc::mq_timedsend(
                    self.1.as_raw_fd(),
                    message.as_ptr().cast(),
                    message.len(),
                    0,
                    until.as_ref(),
                )
            };
            Errno::result(sent)
        })
        .map(drop)?)
    }

    fn receive(&mut self, _: usize, look: Look<'_>) -> io::Result<()> {
        let until = until();
        let length = uninterrupted(|| mq_timedreceive(&self.0, &mut self.2, &mut 0, &until))?;
        look(&self.2[..length])
    }
}

/// Returns when a wait that begins now has lasted too long, by the clock of message queues.
fn until() -> TimeSpec {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    TimeSpec::from_duration(now + DEADLINE)
}

/// Asks again when a signal has come in between, as std does.
fn uninterrupted<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            called => return called,
        }
    }
}

/// Makes the queue of that name, or opens one that was made.
fn queue(name: &str, make: bool) -> io::Result<MqdT> {
    let room = MqAttr::new(0, ROOM.1, ROOM.0 as i64, 0);
    let (flags, room) = if make {
        (MQ_OFlag::O_CREAT | MQ_OFlag::O_EXCL, Some(&room))
    } else {
        (MQ_OFlag::empty(), None)
    };
    Ok(mq_open(name, MQ_OFlag::O_RDWR | flags, Mode::S_IRUSR | Mode::S_IWUSR, room)?)
}

fn link(read: MqdT, write: MqdT) -> Box<dyn Link> {
    Box::new(Queues(read, write, vec![0; ROOM.0]))
}

/// Opens the parent's side. Each direction has names of its own, which are removed when both sides
/// have opened it.
pub(super) fn open(program: &Path, mut peer: Peer) -> io::Result<Opened> {
    let mut opened = || {
        let names = Names::new(program)?;
        let queue = queue(&names.word(), true)?;
        peer.tell(names.word())?;
        peer.expect("open")?;
        unlink(&names.word()).map(|()| queue)
    };
    let (write, read) = (opened()?, opened()?);
    Ok(Opened { peer, link: link(read, write), _names: None })
}

/// Opens the child's side.
pub(super) fn join(parent: &Parent) -> io::Result<Box<dyn Link>> {
    let opened = || {
        let queue = queue(&parent.told()?, false)?;
        parent.tell("open").map(|()| queue)
    };
    let (read, write) = (opened()?, opened()?);
    Ok(link(read, write))
}
