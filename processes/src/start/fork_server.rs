//! Fork server: a zygote is started early, and forks whenever it is asked to.
//!
//! The zygote was started as a program, so it has none of its parent's threads and none of its
//! memory; what every child needs, it has loaded once. Its children are forks of it: cheap, and
//! without foreign locks. The price: they are no children of the process that asked, so the zygote
//! waits for them, and reports.
//!
//! Python calls it `forkserver`, Android calls the process the zygote. The protocol is in
//! `protocol.rs`, the zygote's side in `zygote.rs`.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use kit::child::DEADLINE;
use kit::deadline::{Deadline, has_ended};
use rustix::process::Pid;

use super::fork::GRACE;
use super::zygote::{Reply, ZYGOTE};
use super::{Job, StartMethod, Streams, protocol};
use crate::exit::Exit;

/// The most children at once. The zygote never waits for its server to read: the socket has room
/// for an answer about each child.
pub const MAX_CHILDREN: usize = 64;

/// A start method: a zygote forks on request.
///
/// ```no_run
/// use processes::exit::Exit;
/// use processes::start::{ForkServer, Job, StartMethod, Streams};
///
/// // The program is this topic's binary; its zygote loads 20 and 30, once for all children.
/// let mut server = ForkServer::new("target/debug/processes".as_ref(), &[20, 30])?;
/// let child = server.start(&Job::Exit(3), Streams::own())?;
/// assert_eq!(server.wait(child)?, Exit::Code(3));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ForkServer {
    zygote: Child,
    socket: UnixStream,
    null: File,
    running: HashSet<u32>,
    ended: HashMap<u32, Exit>,
    timeout: Duration,
}

impl ForkServer {
    /// Starts the zygote, which appends `loaded` to its list. `program` is this topic's binary, or
    /// another that lists these [children](super::CHILDREN).
    pub fn new(program: &Path, loaded: &[u32]) -> io::Result<Self> {
        let null = File::open("/dev/null")?;
        let (socket, theirs) = UnixStream::pair()?;
        let mut command = ZYGOTE.command(program);
        // No other process has this process's end of the socket: when this process ends, even by
        // SIGKILL, the zygote reads the end of its input, and ends.
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null());
        let zygote = command.spawn()?;
        // The command keeps a copy of the zygote's end.
        drop(command);
        let (running, ended, timeout) = (HashSet::new(), HashMap::new(), Duration::MAX);
        let server =
            Self { zygote, socket, null, running, ended, timeout }.within(DEADLINE + GRACE)?;
        protocol::send(server.socket.as_fd(), &loaded, &[])?;
        Ok(server)
    }

    /// Sets the timeout for the zygote to read a request, or to answer: the children's
    /// [deadline](DEADLINE) and a little more, if it is not set. [`Duration::MAX`] is no limit.
    /// Only a zygote that is stopped (SIGSTOP) takes that long.
    pub fn within(mut self, timeout: Duration) -> io::Result<Self> {
        self.timeout = timeout;
        // A socket's timeout of zero would be none.
        let timeout =
            Deadline::after(timeout).left().map(|_| timeout.max(Duration::from_micros(1)));
        self.socket.set_read_timeout(timeout)?;
        self.socket.set_write_timeout(timeout)?;
        Ok(self)
    }

    /// Returns the zygote's PID.
    pub fn zygote(&self) -> u32 {
        self.zygote.id()
    }

    /// Waits for the zygote's next message.
    fn reply(&mut self) -> io::Result<Reply> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the zygote is gone");
        let (reply, _) = protocol::receive(self.socket.as_fd())
            .map_err(|error| match error.kind() {
                io::ErrorKind::TimedOut => io::Error::new(
                    error.kind(),
                    format!("the zygote has not answered for {:?}", self.timeout),
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

    /// Ends the zygote after an error in the middle of a message or of a request: its next answer
    /// could be taken for the answer to another request. Later requests fail.
    fn broken(&mut self, error: io::Error) -> io::Error {
        // Each fails only if the zygote is gone already.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = self.zygote.kill();
        error
    }
}

impl StartMethod for ForkServer {
    /// # Errors
    /// There are [`MAX_CHILDREN`] children already; the zygote cannot fork, has no descriptors left,
    /// or is gone. Or it has not answered [in time](ForkServer::within): it is killed, and its
    /// children with it.
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        if self.running.len() + self.ended.len() >= MAX_CHILDREN {
            return Err(io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("{MAX_CHILDREN} children have not been waited for"),
            ));
        }
        let files = [self.null.as_fd(), streams.out, streams.err];
        protocol::send(self.socket.as_fd(), job, &files).map_err(|error| self.broken(error))?;
        loop {
            match self.reply().map_err(|error| self.broken(error))? {
                Reply::Started(child) => {
                    self.running.insert(child);
                    return Ok(child);
                }
                Reply::Refused(why) => return Err(io::Error::other(why)),
                // The end of an earlier child.
                Reply::Ended(..) => {}
            }
        }
    }

    /// # Errors
    /// It is no child that this value has started and not yet waited for; the zygote is gone. Or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it has reported nothing [in
    /// time](ForkServer::within): it can be asked again.
    fn wait(&mut self, child: u32) -> io::Result<Exit> {
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
        // The zygote reads the end of its input, kills and reaps its children, and ends.
        let _ = self.socket.shutdown(Shutdown::Both);
        let by = Deadline::after(GRACE).or_earlier(Deadline::after(self.timeout));
        if !matches!(has_ended(Pid::from_child(&self.zygote), by), Ok(true)) {
            // It is stopped, and reads nothing. On Linux, the kernel kills its children with it.
            let _ = self.zygote.kill();
        }
        let _ = self.zygote.wait();
    }
}
