//! Fork server: a template process is started early, and forks whenever it is asked to.
//!
//! It was started as a program, so it has nothing of its parent, no thread and no big memory; what
//! every child needs, it has loaded once. Its children are forks, of it: cheap, and clean. That is
//! all that it has for it: a child is no child of the one who asked, so the template waits for it,
//! and tells.
//!
//! Python has it as `forkserver`, Android as the zygote. The protocol is in `wire.rs`, the
//! template's side in `template.rs`.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::Pid;

use super::template::Reply;
use super::{Job, StartMethod, Streams, wire};
use crate::child::{DEADLINE, GRACE, command};
use crate::deadline::{Deadline, has_ended};
use crate::spawn_and_wait::Ended;

/// How many children there may be at once. The template never waits for its server to listen: so
/// many answers always find room in the socket.
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
    limit: Duration,
}

impl ForkServer {
    /// Starts the template: `program`, which has to be this topic's binary, or another that calls
    /// [`role::play`](crate::role::play) first. It puts `loaded` into its list.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn new(program: &Path, loaded: &[u32]) -> io::Result<Self> {
        let null = File::open("/dev/null")?;
        let (socket, theirs) = UnixStream::pair()?;
        let mut command = command(program, "template");
        // Nobody else has the other end: when this process is gone, however it went, the template
        // reads the end, and ends.
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null());
        let template = command.spawn()?;
        // What the command still has of it would be an end of the socket as well.
        drop(command);
        let (running, ended, limit) = (HashSet::new(), HashMap::new(), Duration::MAX);
        let server =
            Self { template, socket, null, running, ended, limit }.within(DEADLINE + GRACE)?;
        wire::send(server.socket.as_fd(), &loaded, &[])?;
        Ok(server)
    }

    /// Sets the time that the template may take to read a request, or to answer: the children's
    /// [deadline](DEADLINE) and a little more, if it is not set. [`Duration::MAX`] is no limit.
    /// Only a template that is stopped takes so long.
    ///
    /// # Errors
    /// The system does not set it.
    pub fn within(mut self, limit: Duration) -> io::Result<Self> {
        self.limit = limit;
        // The socket knows no timeout of zero.
        let timeout = Deadline::after(limit).left().map(|_| limit.max(Duration::from_micros(1)));
        self.socket.set_read_timeout(timeout)?;
        self.socket.set_write_timeout(timeout)?;
        Ok(self)
    }

    /// Returns the template's process number.
    pub fn template(&self) -> u32 {
        self.template.id()
    }

    /// Waits for what the template says next.
    fn reply(&mut self) -> io::Result<Reply> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the template is gone");
        let (reply, _) = wire::receive(self.socket.as_fd())
            .map_err(|error| match error.kind() {
                io::ErrorKind::TimedOut => io::Error::new(
                    error.kind(),
                    format!("the template has said nothing for {:?}", self.limit),
                ),
                _ => self.broken(error),
            })?
            .ok_or_else(gone)?;
        if let Reply::Ended(child, ended) = reply {
            self.running.remove(&child);
            self.ended.insert(child, ended);
        }
        Ok(reply)
    }

    /// Ends the template after an error in the middle of a message or of a request, for its next
    /// answer could be taken for another's: whoever asks it later is told that it is gone.
    fn broken(&mut self, error: io::Error) -> io::Error {
        // Each fails only where the template is gone already.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.template.kill();
        error
    }
}

impl StartMethod for ForkServer {
    /// # Errors
    /// There are [`MOST`] children already; the template cannot fork, has no descriptors left, or
    /// is gone. Or it has not answered [in time](ForkServer::within): it is killed, and its
    /// children with it.
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        if self.running.len() + self.ended.len() >= MOST {
            return Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{MOST} children are not waited for"),
            ));
        }
        let files = [self.null.as_fd(), streams.out, streams.err];
        wire::send(self.socket.as_fd(), job, &files).map_err(|error| self.broken(error))?;
        loop {
            match self.reply().map_err(|error| self.broken(error))? {
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

    /// # Errors
    /// It is no child that this has started and not yet waited for; the template is gone. Or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it has reported nothing [in
    /// time](ForkServer::within): it can be asked again.
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
        let by = Deadline::after(GRACE).or_earlier(Deadline::after(self.limit));
        if !matches!(has_ended(Pid::from_child(&self.template), by), Ok(true)) {
            // It is stopped, and reads nothing. With it, the kernel kills its children, where it
            // can.
            let _ = self.template.kill();
        }
        let _ = self.template.wait();
    }
}
