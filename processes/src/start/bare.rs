//! The limits that the start methods are measured against: the least that a fork can cost, by this
//! process, by another one that is asked for it, by another one for this one (`CLONE_PARENT`), by
//! one that does what a fork server has to, and by another one that has forked before.
#![expect(unsafe_code, reason = "the child of a bare fork does nothing but end")]

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;

use nix::unistd::{ForkResult, fork};
use rustix::process::{Pid, WaitOptions, wait};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stderr, stdout};

use super::clone_parent::fork_for_parent;
use super::fork::{Forked, bound_lifetime, exit_at_once, forked, rustix_pid, set_time_to_live};
use super::protocol::{self, receive_packet, send_packet};
use crate::exit::Exit;

/// Forks a child that exits at once, and waits for it.
pub(super) fn bare_fork() -> io::Result<Exit> {
    // SAFETY: nix asks that the child calls only what is async-signal-safe: it calls only `_exit`.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Forked::new(rustix_pid(child)?).reap(),
        ForkResult::Child => exit_at_once(0),
    }
}

/// Forks a child that ends as soon as it has received a byte.
fn fork_ahead(mut socket: &File) -> io::Result<Pid> {
    // SAFETY: nix asks that the child calls only what is async-signal-safe: it calls only `alarm`,
    // `prctl`, `read` and `_exit`.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => rustix_pid(child),
        ForkResult::Child => {
            // It waits: so it has to end with the process that forked it.
            bound_lifetime();
            exit_at_once(i32::from(socket.read_exact(&mut [0]).is_err()))
        }
    }
}

/// A process that has one child end whenever it is asked: a byte each way, and no job.
pub(super) struct Asked {
    // Closed first: then the server ends, unless a later one has a copy: then it is killed.
    socket: File,
    _server: Forked,
}

impl Asked {
    /// Starts one that does a [`bare_fork`] for each request.
    pub(super) fn on_request() -> io::Result<Self> {
        Self::start(|mut socket| {
            while socket.read_exact(&mut [0]).is_ok() {
                bare_fork()?;
                socket.write_all(&[0])?;
            }
            Ok(())
        })
    }

    /// Starts one that forks a child of this process for each request, for
    /// [`ask_and_wait`](Self::ask_and_wait).
    pub(super) fn for_this_process() -> io::Result<Self> {
        Self::start(|mut socket| {
            while socket.read_exact(&mut [0]).is_ok() {
                // SAFETY: The child calls only `_exit`.
                match unsafe { fork_for_parent() }? {
                    Some(child) => socket.write_all(&child.as_raw_pid().to_ne_bytes())?,
                    None => exit_at_once(0),
                }
            }
            Ok(())
        })
    }

    /// Starts one that does for each request what a fork server has to, and nothing else: two files
    /// come with the request, and are the child's output; the child is one of this process, and has
    /// a time to live. For [`ask_with_files`](Self::ask_with_files).
    pub(super) fn with_files() -> io::Result<Self> {
        let null = File::open("/dev/null")?;
        Self::start(|mut socket| {
            while let Some((_, files)) = receive_packet(socket.as_fd(), &mut [0])? {
                let [Some(out), Some(err)] = files? else {
                    return Err(io::ErrorKind::InvalidInput.into());
                };
                // SAFETY: The child calls only `alarm`, `dup2` and `_exit`.
                match unsafe { fork_for_parent() }? {
                    Some(child) => {
                        drop((out, err));
                        socket.write_all(&child.as_raw_pid().to_ne_bytes())?;
                    }
                    None => {
                        set_time_to_live();
                        let streams =
                            dup2_stdin(&null).and(dup2_stdout(&out)).and(dup2_stderr(&err));
                        exit_at_once(streams.is_err().into())
                    }
                }
            }
            Ok(())
        })
    }

    /// Starts one that has `children` wait, which receive the requests themselves: each byte goes to
    /// one of them. The next child is forked after the answer.
    pub(super) fn ahead(children: usize) -> io::Result<Self> {
        Self::start(|mut socket| {
            for _ in 0..children {
                fork_ahead(socket)?;
            }
            // A child that found the socket closed has exit code 1.
            while wait(WaitOptions::empty())?
                .is_some_and(|(_, status)| status.exit_status() == Some(0))
            {
                socket.write_all(&[0])?;
                fork_ahead(socket)?;
            }
            // The others find it closed, too.
            while wait(WaitOptions::empty()).is_ok() {}
            Ok(())
        })
    }

    fn start(serve: impl FnOnce(&File) -> io::Result<()>) -> io::Result<Self> {
        let (socket, theirs) = protocol::pair()?;
        let (mut socket, theirs) = (Some(File::from(socket)), File::from(theirs));
        let server = forked(|| {
            // A copy of the asking end would hide its end.
            socket = None;
            serve(&theirs).map(|()| 0)
        })?;
        Ok(Self { socket: socket.expect("the child's copy is closed"), _server: server })
    }

    /// Has one child end, and returns its exit status.
    pub(super) fn ask(&mut self) -> io::Result<Exit> {
        self.socket.write_all(&[0])?;
        self.socket.read_exact(&mut [0])?;
        Ok(Exit::SUCCESS)
    }

    /// Has one child of this process end, learns its PID, and waits for it.
    pub(super) fn ask_and_wait(&mut self) -> io::Result<Exit> {
        self.socket.write_all(&[0])?;
        self.wait_for_child()
    }

    /// Has one child of this process end, whose output is this process's.
    pub(super) fn ask_with_files(&mut self) -> io::Result<Exit> {
        send_packet(self.socket.as_fd(), &[0], &[stdout(), stderr()])?;
        self.wait_for_child()
    }

    fn wait_for_child(&mut self) -> io::Result<Exit> {
        let mut child = [0; size_of::<i32>()];
        self.socket.read_exact(&mut child)?;
        let child = Pid::from_raw(i32::from_ne_bytes(child)).ok_or(io::ErrorKind::InvalidData)?;
        Forked::new(child).reap()
    }
}
