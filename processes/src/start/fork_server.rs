//! Fork server: a template process is started early, and forks whenever it is asked to.
//!
//! It was started as a program, so it has nothing of its parent, no thread and no big memory; what every child needs, it has
//! loaded once. Its children are forks, of it: cheap, and clean. That is all that it has for it: a child is no child of the one who asked, so
//! the template waits for it, and tells.
//!
//! Python has it as `forkserver`, Android as the zygote. The protocol is in `wire.rs`, the template's side in `template.rs`.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};

use super::template::Reply;
use super::{Job, StartMethod, Streams, wire};
use crate::child::command;
use crate::spawn_and_wait::Ended;

/// How many children there may be at once. The template never waits for its server to listen: so many answers always find room in the socket.
pub const MOST: usize = 64;

/// Starts children by asking a template for them.
///
/// ```no_run
/// use processes::start::{ForkServer, Job, StartMethod, Streams};
/// use processes::spawn_and_wait::Ended;
///
/// // The program is this topic's binary; its template loads 20 and 30, once for all children.
/// let mut server = ForkServer::new("target/debug/processes".as_ref(), &[20, 30])?;
/// let child = server.start(&Job::Exit(3), Streams::own())?;
/// assert_eq!(server.wait(child)?, Ended::Exited(3));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ForkServer {
    template: Child,
    socket: UnixStream,
    null: File,
    running: HashSet<u32>,
    ended: HashMap<u32, Ended>,
}

impl ForkServer {
    /// Starts the template: `program`, which has to be this topic's binary, or another that calls [`role::play`](crate::role::play)
    /// first. It puts `loaded` into its list.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn new(program: &Path, loaded: &[u32]) -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        let mut command = command(program, "template");
        // Nobody else has the other end: when this process is gone, however it went, the template reads the end, and ends.
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null());
        let template = command.spawn()?;
        // What the command still has of it would be an end of the socket as well.
        drop(command);
        let null = File::open("/dev/null")?;
        let server = Self { template, socket, null, running: HashSet::new(), ended: HashMap::new() };
        wire::send(server.socket.as_fd(), &loaded, &[])?;
        Ok(server)
    }

    /// Returns the template's process number.
    pub fn template(&self) -> u32 {
        self.template.id()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the template is gone");
        let (reply, _) = wire::receive(self.socket.as_fd())?.ok_or_else(gone)?;
        if let Reply::Ended(child, ended) = reply {
            self.running.remove(&child);
            self.ended.insert(child, ended);
        }
        Ok(reply)
    }
}

impl StartMethod for ForkServer {
    /// # Errors
    /// There are [`MOST`] children already; the template cannot fork, or is gone.
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        if self.running.len() + self.ended.len() >= MOST {
            return Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{MOST} children are not waited for"),
            ));
        }
        wire::send(self.socket.as_fd(), job, &[self.null.as_fd(), streams.out, streams.err])?;
        loop {
            match self.reply()? {
                Reply::Started(child) => {
                    self.running.insert(child);
                    return Ok(child);
                }
                Reply::Refused(why) => return Err(io::Error::other(why)),
                // An earlier child.
                Reply::Ended(..) => {}
            }
        }
    }

    fn wait(&mut self, child: u32) -> io::Result<Ended> {
        loop {
            if let Some(ended) = self.ended.remove(&child) {
                return Ok(ended);
            }
            if !self.running.contains(&child) {
                return Err(io::ErrorKind::NotFound.into());
            }
            self.reply()?;
        }
    }
}

impl Drop for ForkServer {
    fn drop(&mut self) {
        // The template reads the end, ends its children and reaps them; then it ends.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.template.wait();
    }
}
