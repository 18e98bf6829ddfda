//! The zygote of a fork server: a process with one thread and little memory, which forks on request
//! and reaps its children.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use kit::child::Entry;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stdin};
use serde::{Deserialize, Serialize};

use super::fork::{Forked, forked};
use super::{Job, append, protocol};
use crate::exit::Exit;

/// Serves the socket that is its standard input until it is closed. Then its children are killed
/// and reaped.
pub(super) const ZYGOTE: Entry = Entry { name: "zygote", run: serve };

/// What the zygote answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The child of the latest request runs, and has this PID.
    Started(u32),
    /// It could not be started, for this reason.
    Refused(String),
    /// A child has ended, and has been reaped.
    Ended(u32, Exit),
}

/// The children, and for each a descriptor (pidfd) that becomes readable at its end.
#[derive(Default)]
struct Children {
    forked: Vec<Forked>,
    ends: Vec<OwnedFd>,
}

fn serve(_: &[String]) -> io::Result<()> {
    let socket = stdin();
    let Some((loaded, _)) = protocol::receive::<Vec<u32>>(socket)? else { return Ok(()) };
    append(&loaded);
    let mut children = Children::default();
    loop {
        if children.wait_for_request(socket)? {
            let Some((job, files)) = protocol::receive(socket)? else { return Ok(()) };
            // The child has its own copies of the files when these are closed.
            let reply = match files.and_then(|files| children.start(job, &files)) {
                Ok(pid) => Reply::Started(pid),
                Err(error) => Reply::Refused(error.to_string()),
            };
            protocol::send(socket, &reply, &[])?;
        }
    }
}

impl Children {
    /// Blocks until there is a request or a child has ended; reaps and reports children that have
    /// ended. Returns whether there is a request.
    fn wait_for_request(&mut self, socket: BorrowedFd<'_>) -> io::Result<bool> {
        let mut sources = vec![PollFd::from_borrowed_fd(socket, PollFlags::IN)];
        sources.extend(self.ends.iter().map(|end| PollFd::new(end, PollFlags::IN)));
        // A signal that this process handles interrupts `poll`, which is never restarted by itself,
        // not even with SA_RESTART.
        retry_on_intr(|| poll(&mut sources, None))?;
        let ready: Vec<_> = sources.iter().map(|source| !source.revents().is_empty()).collect();
        // From the back: `swap_remove` leaves what is before the index where it is.
        for at in (0..self.forked.len()).rev().filter(|at| ready[at + 1]) {
            self.ends.swap_remove(at);
            let child = self.forked.swap_remove(at);
            let pid = child.id();
            protocol::send(socket, &Reply::Ended(pid, child.reap()?), &[])?;
        }
        Ok(ready[0])
    }

    fn start(&mut self, job: Job, files: &[OwnedFd]) -> io::Result<u32> {
        let [input, out, err] = files else { return Err(io::ErrorKind::InvalidInput.into()) };
        let ends = &mut self.ends;
        let child = forked(|| {
            // The child closes its siblings' descriptors. It must not drop `self.forked`, which
            // would kill them. Its new standard input closes the socket: if the child kept that,
            // the server could not notice the zygote's end.
            ends.clear();
            dup2_stdin(input)?;
            dup2_stdout(out)?;
            dup2_stderr(err)?;
            job.run()
        })?;
        let pid = child.id();
        // If this fails, the child is dropped, and thereby killed and reaped.
        self.ends.push(pidfd(&child)?);
        self.forked.push(child);
        Ok(pid)
    }
}

#[cfg(target_os = "linux")]
fn pidfd(child: &Forked) -> io::Result<OwnedFd> {
    use rustix::process::{PidfdFlags, pidfd_open};
    Ok(pidfd_open(child.pid(), PidfdFlags::empty())?)
}

#[cfg(not(target_os = "linux"))]
fn pidfd(_child: &Forked) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}
