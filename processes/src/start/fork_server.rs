//! Fork server: a zygote is started early, and forks whenever it is asked to.
//!
//! The zygote was started as a program, so it has none of its parent's threads and none of its
//! memory; what every child needs, it has loaded once. Its children are forks of it: cheap, and
//! without foreign locks.
//!
//! Python calls it `forkserver`, Android calls the process the zygote. There the children are the
//! server's: it reaps them, and reports. Here they are children of the process that asked
//! (`clone_parent.rs`), which waits for them itself. The protocol is in `protocol.rs`, the zygote's
//! side in `zygote.rs`.
//!
//! The zygote leads a process group, and its children stay in it. That is how nothing is left: one
//! signal to the group ends all of them, also a child whose PID has not arrived.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use kit::child::DEADLINE;
use kit::deadline::Deadline;
use rustix::io::retry_on_intr;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{Shutdown, shutdown};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, waitid, waitpgid,
};

use super::fork::{Forked, GRACE};
use super::zygote::{Reply, ZYGOTE};
use super::{Job, StartMethod, Streams, check_forks_for_parent, protocol};
use crate::exit::Exit;

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
    socket: OwnedFd,
    children: Vec<Forked>,
    timeout: Duration,
}

impl ForkServer {
    /// Starts the zygote, which appends `loaded` to its list. `program` is this topic's binary, or
    /// another that lists these [children](super::CHILDREN).
    ///
    /// # Errors
    /// It cannot be started. Or, [`Unsupported`](io::ErrorKind::Unsupported), this system cannot
    /// [fork for another process](check_forks_for_parent).
    pub fn new(program: &Path, loaded: &[u32]) -> io::Result<Self> {
        // The zygote's system is this one.
        check_forks_for_parent()?;
        let null = File::open("/dev/null")?;
        let (socket, theirs) = protocol::pair()?;
        let mut command = ZYGOTE.command(program);
        // No other process has this process's end of the socket: when this process ends, even by
        // SIGKILL, the zygote reads the end of its input, and ends its group.
        command.stdin(theirs).stdout(Stdio::null()).process_group(0);
        let zygote = command.spawn()?;
        // The command keeps a copy of the zygote's end.
        drop(command);
        let server = Self { zygote, socket, children: Vec::new(), timeout: Duration::MAX }
            .within(DEADLINE + GRACE)?;
        // Each child's standard input goes with it, once for all of them.
        protocol::send(server.socket.as_fd(), &loaded, &[null.as_fd()])?;
        Ok(server)
    }

    /// Sets the timeout for a child that is stopped (SIGSTOP) to end, and for the zygote to read a
    /// request, or to answer: the children's [deadline](DEADLINE) and a little more, if it is not
    /// set. [`Duration::MAX`] is no limit. Only a zygote that is stopped takes that long.
    pub fn within(mut self, timeout: Duration) -> io::Result<Self> {
        self.timeout = timeout;
        // A socket's timeout of zero would be none.
        let timeout =
            Deadline::after(timeout).left().map(|_| timeout.max(Duration::from_micros(1)));
        set_socket_timeout(&self.socket, Timeout::Recv, timeout)?;
        set_socket_timeout(&self.socket, Timeout::Send, timeout)?;
        Ok(self)
    }

    /// Returns the zygote's PID.
    pub fn zygote(&self) -> u32 {
        self.zygote.id()
    }

    /// Asks the zygote for a child.
    fn ask(&self, job: &Job, files: &[BorrowedFd<'_>]) -> io::Result<Reply> {
        let sent = protocol::send(self.socket.as_fd(), job, files);
        match sent.and_then(|()| protocol::receive(self.socket.as_fd())) {
            Ok(Some((reply, _))) => Ok(reply),
            Ok(None) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the zygote is gone")),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                let why = format!("the zygote has not answered for {:?}", self.timeout);
                Err(io::Error::new(error.kind(), why))
            }
            Err(error) => Err(error),
        }
    }
}

impl StartMethod for ForkServer {
    /// # Errors
    /// The zygote cannot fork, has no descriptors left, or is gone. Or it has not answered [in
    /// time](ForkServer::within): it is killed, and this value starts no child any more. Those that
    /// it has started go on.
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        let reply = self.ask(job, &[streams.out, streams.err]);
        let reply = reply.inspect_err(|_| {
            // In the middle of a request, its next answer could be taken for the answer to another
            // one. Each fails only if the zygote is gone already.
            let _ = shutdown(&self.socket, Shutdown::Both);
            let _ = self.zygote.kill();
        })?;
        let child = reply.map_err(io::Error::other)?;
        let pid = Pid::from_raw(child.cast_signed()).ok_or(io::ErrorKind::InvalidData)?;
        self.children.push(Forked::new(pid));
        Ok(child)
    }

    /// # Errors
    /// It is no child that this value has started and not yet waited for. Or,
    /// [`TimedOut`](io::ErrorKind::TimedOut), it is stopped, and has not ended [in
    /// time](ForkServer::within): it is killed.
    fn wait(&mut self, child: u32) -> io::Result<Exit> {
        let at = self.children.iter().position(|forked| forked.id() == child);
        let child = self.children.swap_remove(at.ok_or(io::ErrorKind::NotFound)?);
        child.wait_unless_stopped(self.timeout)
    }
}

impl Drop for ForkServer {
    fn drop(&mut self) {
        self.children.clear();
        // What is left are the zygote, and a child whose PID did not arrive: after a timeout, say.
        let zygote = Pid::from_child(&self.zygote);
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        // The number is the group's own until the zygote is reaped. That is here, unless somebody
        // reaps whatever ends (a process that ignores SIGCHLD, say): then there is no such child.
        if waitid(WaitId::Pid(zygote), look).is_ok() {
            let _ = kill_process_group(zygote, Signal::KILL);
        }
        while retry_on_intr(|| waitpgid(zygote, WaitOptions::empty())).is_ok() {}
    }
}
