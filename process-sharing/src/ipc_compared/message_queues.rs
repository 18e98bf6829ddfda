//! Message queues, as a link. A queue does not tell of a process that dies, so each wait has a
//! timeout.
#![expect(unsafe_code, reason = "nix has no send with a timeout")]

use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::SystemTime;

use kit::child::DEADLINE;
use nix::errno::Errno;
use nix::mqueue::{MQ_OFlag, MqAttr, MqdT, mq_open, mq_timedreceive, mq_unlink};
use nix::sys::stat::Mode;
use nix::sys::time::TimeSpec;

use super::links::{Link, Look, Opened};
use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::Parent;

/// The longest message, and how many there is room for.
const ROOM: (usize, i64) = (4096, 10);

struct Queues(MqdT, MqdT, Vec<u8>);

impl Link for Queues {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let until = until();
        Ok(uninterrupted(|| {
            // SAFETY: the descriptor is that of a queue, open for as long as `self`; the pointer and
            // the length are those of a slice, and it and the time outlive the call.
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

/// Returns the end of a wait that begins now, by the clock of message queues.
fn until() -> TimeSpec {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    TimeSpec::from_duration(now + DEADLINE)
}

/// Calls again after a signal, as std does.
fn uninterrupted<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            called => return called,
        }
    }
}

/// Makes the queue of that name, or opens it.
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
pub(super) fn open(program: &Path, mut child: TalkingChild) -> io::Result<Opened> {
    let mut opened = || {
        let names = Names::new(program)?;
        let queue = queue(&names.word(), true)?;
        child.send_line(names.word())?;
        child.expect_line("open")?;
        mq_unlink(names.word().as_str())?;
        Ok::<_, io::Error>(queue)
    };
    let (write, read) = (opened()?, opened()?);
    Ok(Opened { child, link: link(read, write), _names: None })
}

/// Opens the child's side.
pub(super) fn join(parent: &Parent) -> io::Result<Box<dyn Link>> {
    let opened = || {
        let queue = queue(&parent.recv_line()?, false)?;
        parent.send_line("open").map(|()| queue)
    };
    let (read, write) = (opened()?, opened()?);
    Ok(link(read, write))
}
