//! The crate `ipc-channel`, as a link. It panics where the process is out of descriptors or has no
//! folder for temporary files: here that is an error.

use std::io;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ipc_channel::ipc::{
    IpcBytesReceiver, IpcBytesSender, IpcOneShotServer, IpcSender, bytes_channel, channel,
};

use super::{Link, Look, Opened};
use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::Parent;

/// Calls `ipc-channel`, and returns a panic of it as an error.
fn caught<T>(call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let panicked =
        |_| Err(io::Error::other("ipc-channel panicked: the process may be out of descriptors"));
    catch_unwind(AssertUnwindSafe(|| ready().and_then(|()| call()))).unwrap_or_else(panicked)
}

/// Lets `ipc-channel` find out how much a socket takes. For that it opens two sockets at its first
/// message; if it cannot, it panics then and at each message after that.
fn ready() -> io::Result<()> {
    // Relaxed: if two threads come at once, both find it out.
    static READY: AtomicBool = AtomicBool::new(false);
    if !READY.load(Relaxed) {
        drop((UnixStream::pair()?, UnixStream::pair()?));
        let (to, _from) = channel()?;
        to.send(()).map_err(io::Error::other)?;
        READY.store(true, Relaxed);
    }
    Ok(())
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

/// The child's ends of a channel each way, which `ipc-channel` hands over.
type Hello = (IpcBytesReceiver, IpcBytesSender);

/// Opens the parent's side, and starts the child, which opens a door: a socket in the folder of the
/// run's own.
pub(super) fn open(mut command: Command, program: &Path, name: &str) -> io::Result<Opened> {
    let names = Names::new(program)?;
    command.env("TMPDIR", names.folder());
    let mut child = TalkingChild::spawn(command, name, &[], &[name])?;
    let door = child.recv_line()?;
    let channel = caught(|| {
        let hello = IpcSender::<Hello>::connect(door)?;
        let ((send, their_receive), (their_send, receive)) = (bytes_channel()?, bytes_channel()?);
        hello.send((their_receive, their_send)).map_err(io::Error::other)?;
        Ok(Channel(receive, send))
    });
    Ok(Opened { child, link: Box::new(channel?), _names: Some(names) })
}

/// Opens the child's side.
pub(super) fn join(parent: &Parent) -> io::Result<Box<dyn Link>> {
    let (door, name) = caught(IpcOneShotServer::<Hello>::new)?;
    parent.send_line(name)?;
    let (_, (receive, send)) = caught(|| door.accept().map_err(io::Error::other))?;
    Ok(Box::new(Channel(receive, send)))
}
