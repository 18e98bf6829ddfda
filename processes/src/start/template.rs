//! The template of a fork server: a process with one thread and little memory, which forks on
//! request, and reaps what it has forked.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stdin};
use serde::{Deserialize, Serialize};

use super::{Forked, Job, append, forked, wire};
use crate::spawn_and_wait::Ended;

/// What the template answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The child of the latest request runs.
    Started(u32),
    /// It does not, and why.
    Refused(String),
    /// A child has ended, and has been reaped.
    Ended(u32, Ended),
}

/// The children, and for each a descriptor that becomes readable when it has ended.
#[derive(Default)]
struct Children {
    forked: Vec<Forked>,
    ends: Vec<OwnedFd>,
}

/// What the template does: serves the socket that is its standard input, until it is closed. Then
/// whatever it has forked is ended and reaped.
pub(crate) fn template(_: &str) -> io::Result<()> {
    let socket = stdin();
    let Some((loaded, _)) = wire::receive::<Vec<u32>>(socket)? else { return Ok(()) };
    append(&loaded);
    let mut children = Children::default();
    loop {
        if children.wait_or_request(socket)? {
            let Some((job, files)) = wire::receive(socket)? else { return Ok(()) };
            // The child has its own files by the time that these are closed.
            let reply = match files.and_then(|files| children.start(job, &files)) {
                Ok(id) => Reply::Started(id),
                Err(error) => Reply::Refused(error.to_string()),
            };
            wire::send(socket, &reply, &[])?;
        }
    }
}

impl Children {
    /// Sleeps until there is a request or a child has ended; reaps and reports the ended. Returns
    /// whether there is a request.
    fn wait_or_request(&mut self, socket: BorrowedFd<'_>) -> io::Result<bool> {
        let mut sources = vec![PollFd::from_borrowed_fd(socket, PollFlags::IN)];
        sources.extend(self.ends.iter().map(|end| PollFd::new(end, PollFlags::IN)));
        // A signal that this process handles interrupts it; `poll` does not go on by itself,
        // however the handler was installed.
        retry_on_intr(|| poll(&mut sources, None))?;
        let ready: Vec<_> = sources.iter().map(|source| !source.revents().is_empty()).collect();
        // From the back: what is taken out leaves those before it where they are.
        for at in (0..self.forked.len()).rev().filter(|at| ready[at + 1]) {
            self.ends.swap_remove(at);
            let child = self.forked.swap_remove(at);
            let id = child.id();
            wire::send(socket, &Reply::Ended(id, child.reap()?), &[])?;
        }
        Ok(ready[0])
    }

    fn start(&mut self, job: Job, files: &[OwnedFd]) -> io::Result<u32> {
        let [input, out, err] = files else { return Err(io::ErrorKind::InvalidInput.into()) };
        let ends = &mut self.ends;
        let child = forked(|| {
            // What it has of its siblings goes; it must not drop `self.forked`, which would end
            // them. And with its standard input goes the socket: as long as it kept that, the
            // server could not tell that the template is gone.
            ends.clear();
            dup2_stdin(input)?;
            dup2_stdout(out)?;
            dup2_stderr(err)?;
            job.run()
        })?;
        let id = child.id();
        // Should this fail, the child is dropped, and thereby ended and reaped.
        self.ends.push(descriptor_of(&child)?);
        self.forked.push(child);
        Ok(id)
    }
}

#[cfg(target_os = "linux")]
fn descriptor_of(child: &Forked) -> io::Result<OwnedFd> {
    use rustix::process::{PidfdFlags, pidfd_open};
    Ok(pidfd_open(child.pid(), PidfdFlags::empty())?)
}

#[cfg(not(target_os = "linux"))]
fn descriptor_of(_child: &Forked) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}
