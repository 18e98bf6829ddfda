//! How each means of communication is opened: the parent's side, with the child at the other one,
//! and the child's side.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

use kit::child::Entry;
use nix::sys::stat::Mode;

#[cfg(target_os = "linux")]
use super::message_queues;
use super::{Link, Opened, Rings, channels, streams};
use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, inherited};
use crate::shared_memory::ring::Ring;

/// The capacity of a ring: four times the longest message.
const RING: usize = 4 << 20;

/// Opens the parent's side, and starts the child at its entry.
pub(crate) fn open(program: &Path, entry: &Entry, means: &str) -> io::Result<Opened> {
    let start = |handed: &[&dyn AsFd]| TalkingChild::start(program, entry, means, handed, &[means]);
    match means {
        "pipe" => {
            let ((their_read, write), (read, their_write)) = (io::pipe()?, io::pipe()?);
            let child = start(&[&their_read, &their_write])?;
            Ok(Opened { child, link: streams(read, write), _names: None })
        }
        "socketpair" => {
            let (ours, theirs) = UnixStream::pair()?;
            let child = start(&[&theirs])?;
            Ok(Opened { child, link: streams(ours.try_clone()?, ours), _names: None })
        }
        "fifo" => {
            let names = Names::new(program)?;
            let mut child = start(&[])?;
            let paths = [names.path("there"), names.path("back")];
            // Open for both, a FIFO waits for no process: neither here nor in the child.
            let mut both = Vec::new();
            for path in &paths {
                nix::unistd::mkfifo(path.as_str(), Mode::S_IRUSR | Mode::S_IWUSR)?;
                both.push(File::options().read(true).write(true).open(path)?);
                child.send_line(path)?;
            }
            child.expect_line("open")?;
            let write = File::options().write(true).open(&paths[0])?;
            let read = File::open(&paths[1])?;
            Ok(Opened { child, link: streams(read, write), _names: Some(names) })
        }
        #[cfg(target_os = "linux")]
        "message-queue" => message_queues::open(program, start(&[])?),
        "ipc-channel" => channels::open(entry.command(program), program, means),
        "ring" => {
            let (there, back) = (Ring::new(RING)?, Ring::new(RING)?);
            let child = start(&[&there, &back])?;
            there.expect_consumer(child.pid());
            back.expect_producer(child.pid());
            let link = Box::new(Rings(back.consumer()?, there.producer()?));
            Ok(Opened { child, link, _names: None })
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Opens the child's side.
pub(crate) fn join(parent: &Parent, means: &str, handed: &[String]) -> io::Result<Box<dyn Link>> {
    let mut handed = handed.iter().map(|number| inherited(number));
    let mut handed = || handed.next().ok_or(io::ErrorKind::InvalidInput)?;
    match means {
        "pipe" => Ok(streams(File::from(handed()?), File::from(handed()?))),
        "socketpair" => {
            let ours = UnixStream::from(handed()?);
            Ok(streams(ours.try_clone()?, ours))
        }
        "fifo" => {
            let read = File::open(parent.recv_line()?)?;
            let write = File::options().write(true).open(parent.recv_line()?)?;
            parent.send_line("open")?;
            Ok(streams(read, write))
        }
        #[cfg(target_os = "linux")]
        "message-queue" => message_queues::join(parent),
        "ipc-channel" => channels::join(parent),
        "ring" => {
            let (there, back) = (Ring::open(handed()?)?, Ring::open(handed()?)?);
            Ok(Box::new(Rings(there.consumer()?, back.producer()?)))
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}
