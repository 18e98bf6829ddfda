//! The limits that the start methods are measured against: the least that a fork can cost, by this
//! process and by another one that is asked for it.
#![expect(unsafe_code, reason = "the child of a bare fork does nothing but end")]

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use nix::unistd::{ForkResult, fork};

use super::fork::{Forked, exit_at_once, forked, rustix_pid};
use crate::exit::Exit;

/// Forks a child that exits at once, and waits for it.
pub(super) fn bare_fork() -> io::Result<Exit> {
    // SAFETY: nix asks that the child calls only what is async-signal-safe: it calls only `_exit`.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Forked::new(rustix_pid(child)?).reap(),
        ForkResult::Child => exit_at_once(0),
    }
}

/// A process that does a [`bare_fork`] whenever it is asked: a byte each way, and no job, no file, no
/// PID and no exit status.
pub(super) struct AskedFork {
    // Closed first: then the server ends.
    socket: UnixStream,
    _server: Forked,
}

impl AskedFork {
    pub(super) fn start() -> io::Result<Self> {
        let (socket, mut theirs) = UnixStream::pair()?;
        let mut socket = Some(socket);
        let server = forked(|| {
            // A copy of the asking end would hide its end.
            socket = None;
            while theirs.read_exact(&mut [0]).is_ok() {
                bare_fork()?;
                theirs.write_all(&[0])?;
            }
            Ok(0)
        })?;
        Ok(Self { socket: socket.expect("the child's copy is closed"), _server: server })
    }

    /// Has the server fork once, and returns the child's exit status.
    pub(super) fn ask(&mut self) -> io::Result<Exit> {
        self.socket.write_all(&[0])?;
        self.socket.read_exact(&mut [0])?;
        Ok(Exit::SUCCESS)
    }
}
