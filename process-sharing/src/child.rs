//! A child process that a lesson talks with, a line at a time: with a deadline, with descriptors of
//! its parent's, and never left behind.
//!
//! The child is this program once more, entered at the [`Entry`] of its lesson. Its standard input
//! is what its parent sends, its standard output what it answers. The input ends when the parent is
//! gone, even by SIGKILL, and the child exits then.
#![expect(unsafe_code, reason = "what a child does between fork and exec is not checked by rustc")]

use std::fmt::Display;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use kit::child::{ChildGuard, DEADLINE, Entry, LineReader};
use kit::deadline::{Deadline, has_ended};
use kit::process_lane::Lane;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::Pid;

/// A child of a lesson. Dropping it kills it (SIGKILL), if it still runs, and reaps it.
///
/// # Errors
/// Each function returns one if the child cannot be started, has exited
/// ([`UnexpectedEof`](io::ErrorKind::UnexpectedEof)) or is not done within [`DEADLINE`]
/// ([`TimedOut`](io::ErrorKind::TimedOut)).
#[derive(Debug)]
pub struct TalkingChild {
    lane: String,
    guard: ChildGuard,
    lines: LineReader,
}

impl TalkingChild {
    /// Starts `program`, this topic's binary, at an entry; `lane` is what the lesson calls it. The
    /// child inherits the descriptors in `handed`: their numbers are its first arguments.
    pub fn start(
        program: &Path,
        entry: &Entry,
        lane: impl Into<String>,
        handed: &[&dyn AsFd],
        arguments: &[&str],
    ) -> io::Result<Self> {
        Self::spawn(entry.command(program), lane, handed, arguments)
    }

    /// As [`start`](Self::start), for a command whose environment or process group is its own.
    pub fn spawn(
        mut command: Command,
        lane: impl Into<String>,
        handed: &[&dyn AsFd],
        arguments: &[&str],
    ) -> io::Result<Self> {
        let handed: Vec<_> = handed.iter().map(|descriptor| descriptor.as_fd()).collect();
        command.args(handed.iter().map(|descriptor| descriptor.as_raw_fd().to_string()));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        hand_over(&mut command, &handed);
        let mut guard = ChildGuard::of(command.spawn()?, DEADLINE);
        let lines = guard.stdout();
        Ok(Self { lane: lane.into(), guard, lines })
    }

    /// Returns its PID.
    pub fn pid(&self) -> u32 {
        self.guard.id()
    }

    /// Sends it a line.
    pub fn send_line(&mut self, line: impl Display) -> io::Result<()> {
        self.guard.send_line(&line.to_string())
    }

    /// Returns the next line that it sends.
    pub fn recv_line(&mut self) -> io::Result<String> {
        self.lines.recv_line()?.ok_or_else(|| {
            io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} has exited", self.lane))
        })
    }

    /// Receives the next line, which has to be this one.
    pub fn expect_line(&mut self, wanted: &str) -> io::Result<()> {
        let line = self.recv_line()?;
        let wrong = || io::Error::other(format!("{} says {line:?}, not {wanted:?}", self.lane));
        if line == wanted { Ok(()) } else { Err(wrong()) }
    }

    /// Returns it when it has sent this line.
    pub(crate) fn after(mut self, line: &str) -> io::Result<Self> {
        self.expect_line(line).map(|()| self)
    }

    /// Receives the one line that is left, and waits until it exits with success.
    pub(crate) fn answer(mut self) -> io::Result<String> {
        let line = self.recv_line()?;
        self.succeeds().map(|()| line)
    }

    /// Waits until it exits, and is satisfied only with success. Lines that it still sends are
    /// dropped.
    pub fn succeeds(mut self) -> io::Result<()> {
        let lane = &self.lane;
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{lane}: {error}"));
        self.lines.recv_all().map_err(named)?;
        let status = self.guard.wait().map_err(named)?;
        let failed = || io::Error::other(format!("{lane} failed, {status}"));
        if status.success() { Ok(()) } else { Err(failed()) }
    }

    /// Waits until it exits, without a deadline, and returns its exit status: what a join does.
    ///
    /// # Blocking
    /// For ever, if it does not exit.
    pub fn join(&mut self) -> io::Result<ExitStatus> {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        has_ended(pid.ok_or(io::ErrorKind::InvalidInput)?, Deadline::after(Duration::MAX))?;
        self.guard.wait()
    }

    /// Kills it (SIGKILL) and reaps it.
    pub fn kill(&mut self) -> io::Result<()> {
        self.guard.kill()?;
        self.guard.wait().map(drop)
    }

    /// Closes its input, which it takes for its parent's end.
    pub(crate) fn close_input(&mut self) {
        self.guard.close_stdin();
    }

    /// Returns its lane: what it does, as its parent knows it.
    pub fn lane(&self) -> Lane<'_> {
        Lane::of(&self.lane, self.pid())
    }
}

/// Lets the process that `command` will start inherit these descriptors, which the caller lends
/// until then, under the numbers that they have here.
fn hand_over(command: &mut Command, descriptors: &[BorrowedFd<'_>]) {
    let numbers: Vec<_> = descriptors.iter().map(BorrowedFd::as_raw_fd).collect();
    let keep = move || {
        for number in &numbers {
            // SAFETY: the number has to be open for as long as the borrow. The caller lends the
            // descriptor until the child has been started, and the forked child, in which this
            // runs, has a copy of each descriptor under the same number.
            let descriptor = unsafe { BorrowedFd::borrow_raw(*number) };
            // Close-on-exec is taken off in this child alone: a fork copies the flags.
            fcntl_setfd(descriptor, FdFlags::empty())?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe calls may be made, for another thread
    // may have held any lock at the fork. `keep` reads memory that was allocated before, and makes
    // system calls: it neither allocates nor acquires a lock.
    unsafe { command.pre_exec(keep) };
}
