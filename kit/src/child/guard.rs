//! The owner of a child process: it has a deadline, and kills and reaps the child when it is
//! dropped.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use super::lines::{LineReader, last_line};
use crate::deadline::{Deadline, POLL_INTERVAL, write_all};

/// The time that a child of a lesson may live, if nothing else is said. It needs some milliseconds:
/// one that takes a minute hangs, even on a machine that is busy with other work.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// An owner of a child process. Dropping it kills the child, if it still runs, and reaps it.
///
/// The child's standard input is a pipe. A child that reads it to the end ends with its parent: the
/// kernel closes the pipe when the parent ends, even by SIGKILL.
///
/// ```
/// use std::{process::Command, time::Duration};
/// use kit::child::{ChildGuard, DEADLINE};
///
/// let mut cat = ChildGuard::start(&mut Command::new("cat"), DEADLINE)?;
/// cat.send_line("one line")?;
/// assert_eq!(cat.stdout().recv_line()?.as_deref(), Some("one line"));
/// // Without this, it would be killed here, and reaped.
/// cat.close_stdin();
/// assert!(cat.wait()?.success());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ChildGuard {
    child: Child,
    deadline: Deadline,
}

impl ChildGuard {
    /// Starts a program with its three standard streams as pipes. The time of `deadline` runs from
    /// here; [`Duration::MAX`] is no limit.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(command: &mut Command, deadline: Duration) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Self::of(command.spawn()?, deadline))
    }

    /// Becomes the owner of a child that was started in another way.
    ///
    /// ```
    /// use std::{process::Command, time::Duration};
    /// use kit::child::ChildGuard;
    ///
    /// let sleeper = Command::new("sleep").arg("3600").spawn()?;
    /// let mut sleeper = ChildGuard::of(sleeper, Duration::from_secs(20));
    /// assert_eq!(sleeper.wait_timeout(Duration::from_millis(10))?, None);
    /// // Here it is killed and reaped.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn of(child: Child, deadline: Duration) -> Self {
        Self { child, deadline: Deadline::after(deadline) }
    }

    /// Returns the child's PID.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns a reader of the child's standard output. A second one finds nothing to read.
    pub fn stdout(&mut self) -> LineReader {
        LineReader::new(self.child.stdout.take(), self.deadline)
    }

    /// Returns a reader of the child's standard error, likewise.
    pub fn stderr(&mut self) -> LineReader {
        LineReader::new(self.child.stderr.take(), self.deadline)
    }

    /// Waits for the next line of the child's standard output, which `out` reads.
    ///
    /// # Errors
    /// As [`LineReader::recv_line`]; or there is no further line, and the error holds the last line
    /// of the child's standard error.
    pub fn recv_line(&mut self, out: &LineReader) -> io::Result<String> {
        match out.recv_line()? {
            Some(line) => Ok(line),
            None => Err(self.failure()),
        }
    }

    /// Returns an error with the last line of the standard error of a child that has ended too
    /// early.
    pub fn failure(&mut self) -> io::Error {
        match self.stderr().recv_all() {
            Ok(lines) => match last_line(lines.iter().map(String::as_str)) {
                Some(last) => io::Error::other(format!("the child has failed: {last}")),
                None => io::Error::other("the child has ended without a word why"),
            },
            Err(error) => error,
        }
    }

    /// Writes a line to the child's standard input.
    ///
    /// # Errors
    /// The child has closed it, or has ended; or, [`TimedOut`](io::ErrorKind::TimedOut), the pipe
    /// was full until the child's deadline.
    pub fn send_line(&mut self, line: &str) -> io::Result<()> {
        let Some(stdin) = &self.child.stdin else { return Ok(()) };
        write_all(stdin, format!("{line}\n").as_bytes(), self.deadline)
    }

    /// Closes the child's standard input: the child reads the end of its input.
    pub fn close_stdin(&mut self) {
        self.child.stdin = None;
    }

    /// Kills the child (SIGKILL). It is a zombie until it is waited for.
    ///
    /// # Errors
    /// The system refuses.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// Returns whether the child has not ended yet.
    ///
    /// # Errors
    /// The system does not know the child.
    pub fn is_running(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Waits for the child's end, and reaps it.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut): its deadline is over.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.wait_timeout(Duration::MAX)?.ok_or_else(timed_out)
    }

    /// Waits for the child's end until `timeout` or its deadline is over; `None` if it still runs
    /// then.
    ///
    /// # Errors
    /// The system does not know the child.
    pub fn wait_timeout(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        let by = Deadline::after(timeout).or_earlier(self.deadline);
        loop {
            match self.child.try_wait()? {
                None if !by.is_over() => thread::sleep(POLL_INTERVAL),
                ended => return Ok(ended),
            }
        }
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        kill_and_reap(&mut self.child);
    }
}

/// Kills a child, if it still runs, and reaps it.
pub fn kill_and_reap(child: &mut Child) {
    // A process that ignores SIGCHLD does not reap its children, the kernel does: then the PID may
    // be another process's by now.
    if matches!(child.try_wait(), Ok(None)) {
        // It may end in this moment; until it is reaped, its PID is its own.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Returns the error of a wait that has reached a child's deadline.
pub fn timed_out() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the child took longer than its deadline")
}
