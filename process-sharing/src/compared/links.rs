//! The means, each as a link: something that a message can be sent into, and received from, on both
//! sides.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use ipc_channel::ipc::{IpcBytesReceiver, IpcBytesSender, IpcSender, bytes_channel};
use nix::sys::stat::Mode;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::child::DEADLINE;
use crate::ipc::{caught, door};
use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer};
use crate::ring::{Consumer, Producer, Ring};

#[cfg(target_os = "linux")]
mod messages;

/// A means for two processes to send each other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Two unnamed pipes, one for each direction.
    Pipe,
    /// A pair of connected sockets, a stream.
    Socketpair,
    /// Two named pipes.
    Fifo,
    /// Two POSIX message queues.
    MessageQueue,
    /// The crate `ipc-channel`, with bytes that it does not encode.
    IpcChannel,
    /// Two rings in shared memory.
    Ring,
}

const ALL: [(Means, &str); 6] = [
    (Means::Pipe, "pipe"),
    (Means::Socketpair, "socketpair"),
    (Means::Fifo, "fifo"),
    (Means::MessageQueue, "message-queue"),
    (Means::IpcChannel, "ipc-channel"),
    (Means::Ring, "ring"),
];

impl Means {
    /// Returns the length of the longest message that is sent by it here.
    pub fn longest(self) -> usize {
        // Linux lets an ordinary process have messages of 8 KiB.
        if self == Self::MessageQueue { 4096 } else { usize::MAX }
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ALL.iter().find(|(means, _)| means == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Means {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = ALL.iter().find(|(_, name)| *name == text).map(|(means, _)| *means);
        known.ok_or_else(|| format!("{text:?} is no means"))
    }
}

/// What a message of so many bytes is looked at with.
pub(super) type Look<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

pub(super) trait Link {
    fn send(&mut self, message: &[u8]) -> io::Result<()>;
    fn receive(&mut self, size: usize, look: Look<'_>) -> io::Result<()>;
}

/// The parent's side of a link, and the child at the other one.
pub(super) struct Opened {
    // In this order: a link that is closed ends the child.
    pub(super) link: Box<dyn Link>,
    pub(super) peer: Peer,
    /// Removed when both sides have opened what has a name.
    pub(super) _names: Option<Names>,
}

/// A stream each way, and a place for what is received.
struct Streams<R, W>(R, W, Vec<u8>);

impl<R: Read, W: Write> Link for Streams<R, W> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.1.write_all(message)
    }

    fn receive(&mut self, size: usize, look: Look<'_>) -> io::Result<()> {
        self.2.resize(size.max(self.2.len()), 0);
        let message = &mut self.2[..size];
        self.0.read_exact(message)?;
        look(message)
    }
}

fn streams<R: Read + 'static, W: Write + 'static>(read: R, write: W) -> Box<dyn Link> {
    Box::new(Streams(read, write, Vec::new()))
}

struct Channel(IpcBytesReceiver, IpcBytesSender);

impl Link for Channel {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.1.send(message)
    }

    fn receive(&mut self, _: usize, look: Look<'_>) -> io::Result<()> {
        look(&self.0.recv().map_err(io::Error::other)?)
    }
}

struct Rings(Consumer, Producer);

impl Link for Rings {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.1.send(message).map_err(io::Error::other)
    }

    fn receive(&mut self, _: usize, look: Look<'_>) -> io::Result<()> {
        look(&self.0.receive().map_err(io::Error::other)?)
    }
}

/// What the child is handed by `ipc-channel`: its ends of a channel each way.
type Hello = (IpcBytesReceiver, IpcBytesSender);

/// Four times the longest message.
const RING: usize = 4 << 20;

/// Opens the parent's side, and starts the child.
pub(super) fn open(program: &Path, means: Means) -> io::Result<Opened> {
    let start = |handed: &[&dyn AsFd]| {
        let handed: Vec<_> = handed.iter().map(|descriptor| descriptor.as_fd()).collect();
        let mut peer = Peer::handed(program, Part::Compared, means.to_string(), &handed)?;
        peer.tell(means).map(|()| peer)
    };
    match means {
        Means::Pipe => {
            let ((their_read, write), (read, their_write)) = (io::pipe()?, io::pipe()?);
            let peer = start(&[&their_read, &their_write])?;
            Ok(Opened { peer, link: streams(read, write), _names: None })
        }
        Means::Socketpair => {
            let (ours, theirs) = UnixStream::pair()?;
            let peer = start(&[&theirs])?;
            Ok(Opened { peer, link: streams(ours.try_clone()?, ours), _names: None })
        }
        Means::Fifo => {
            let names = Names::new(program)?;
            let mut peer = start(&[])?;
            for name in ["there", "back"] {
                let path = names.path(name);
                nix::unistd::mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR)?;
                peer.tell(path.display())?;
            }
            let [write, read] = opened_by_both(&names, &mut peer)?;
            Ok(Opened { peer, link: streams(read, write), _names: Some(names) })
        }
        #[cfg(target_os = "linux")]
        Means::MessageQueue => messages::open(program, start(&[])?),
        #[cfg(not(target_os = "linux"))]
        Means::MessageQueue => Err(io::ErrorKind::Unsupported.into()),
        Means::IpcChannel => {
            let names = Names::new(program)?;
            let mut command = Command::new(program);
            command.env("TMPDIR", names.folder());
            let mut peer = Peer::spawn(&mut command, Part::Compared, means.to_string(), &[])?;
            peer.tell(means)?;
            let door = peer.heard()?;
            let channel = caught(|| {
                let hello = IpcSender::<Hello>::connect(door)?;
                let ((send, their_receive), (their_send, receive)) =
                    (bytes_channel()?, bytes_channel()?);
                hello.send((their_receive, their_send)).map_err(io::Error::other)?;
                Ok(Channel(receive, send))
            });
            Ok(Opened { peer, link: Box::new(channel?), _names: Some(names) })
        }
        Means::Ring => {
            let (there, back) = (Ring::new(RING)?, Ring::new(RING)?);
            let peer = start(&[&there, &back])?;
            there.expect_consumer(peer.pid());
            back.expect_producer(peer.pid());
            Ok(Opened {
                peer,
                link: Box::new(Rings(back.consumer()?, there.producer()?)),
                _names: None,
            })
        }
    }
}

/// Opens both FIFOs without waiting, for the child may have died; when it says that it has opened
/// them, they are as others.
fn opened_by_both(names: &Names, peer: &mut Peer) -> io::Result<[File; 2]> {
    let open = |options: &mut OpenOptions, name| {
        options.custom_flags(libc::O_NONBLOCK).open(names.path(name))
    };
    let deadline = Instant::now() + DEADLINE;
    let write = loop {
        match open(OpenOptions::new().write(true), "there") {
            // Nobody reads yet: the child has not come so far.
            Err(error)
                if error.raw_os_error() == Some(libc::ENXIO) && Instant::now() < deadline =>
            {
                peer.lives()?;
                thread::sleep(Duration::from_millis(1));
            }
            opened => break opened?,
        }
    };
    let read = open(OpenOptions::new().read(true), "back")?;
    peer.expect("open")?;
    for file in [&write, &read] {
        fcntl_setfl(file, fcntl_getfl(file)?.difference(OFlags::NONBLOCK))?;
    }
    Ok([write, read])
}

/// Opens the child's side.
pub(super) fn join(
    parent: &Parent,
    means: Means,
    mut handed: impl Iterator<Item = OwnedFd>,
) -> io::Result<Box<dyn Link>> {
    let mut handed = || handed.next().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput));
    match means {
        Means::Pipe => Ok(streams(File::from(handed()?), File::from(handed()?))),
        Means::Socketpair => {
            let ours = UnixStream::from(handed()?);
            Ok(streams(ours.try_clone()?, ours))
        }
        Means::Fifo => {
            let read = File::open(parent.told()?)?;
            let write = OpenOptions::new().write(true).open(parent.told()?)?;
            parent.tell("open")?;
            Ok(streams(read, write))
        }
        #[cfg(target_os = "linux")]
        Means::MessageQueue => messages::join(parent),
        #[cfg(not(target_os = "linux"))]
        Means::MessageQueue => Err(io::ErrorKind::Unsupported.into()),
        Means::IpcChannel => {
            let (door, name) = door::<Hello>()?;
            parent.tell(name)?;
            let (_, (receive, send)) = caught(|| door.accept().map_err(io::Error::other))?;
            Ok(Box::new(Channel(receive, send)))
        }
        Means::Ring => {
            let (there, back) = (Ring::open(handed()?)?, Ring::open(handed()?)?);
            Ok(Box::new(Rings(there.consumer()?, back.producer()?)))
        }
    }
}
