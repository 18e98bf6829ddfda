//! A child that is asked for something, under a deadline, and never left behind.
#![expect(
    unsafe_code,
    reason = "what a child does between its fork and its new program is not checked by rustc"
)]

use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::{FdFlags, fcntl_setfd};

use crate::role::{ROLE, Role};

/// How long a child of these lessons may live; some milliseconds are all that it needs.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A child that was started. Dropping it kills it, if it still runs, and reaps it.
#[derive(Debug)]
pub struct Started {
    pub(crate) child: Child,
    /// `None` if the clock has no such time: then there is no limit.
    pub(crate) ends_by: Option<Instant>,
    lines: Receiver<io::Result<String>>,
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both fail only for a child that is reaped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts `program` in a role, and returns what it wrote to its standard output when it has ended.
///
/// # Errors
/// As [`start`] and [`Started::answer`].
pub fn ask(program: &Path, role: Role, deadline: Duration) -> io::Result<String> {
    start(program, role, &[], deadline)?.answer()
}

/// Starts `program` in a role, with descriptors that it inherits under the numbers which they have
/// here. Its standard input is a pipe that nobody writes to: it ends with this process, however
/// that goes. A deadline that the clock cannot say is none.
///
/// # Errors
/// The program cannot be started.
pub fn start(
    program: &Path,
    role: Role,
    inherited: &[BorrowedFd<'_>],
    deadline: Duration,
) -> io::Result<Started> {
    spawn(&mut Command::new(program), role, inherited, deadline)
}

/// As [`start`], with whatever the environment of `command` has to have besides.
pub(crate) fn spawn(
    command: &mut Command,
    role: Role,
    inherited: &[BorrowedFd<'_>],
    deadline: Duration,
) -> io::Result<Started> {
    // By this name it is found in a list of processes, whatever path led to it.
    command.arg0("process-sharing").env(ROLE, role.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    hand_over(command, inherited);
    let ends_by = Instant::now().checked_add(deadline);
    let (sender, lines) = mpsc::channel();
    let (hand, handed) = mpsc::channel::<ChildStdout>();
    // A read has no time limit, a receive has one. The thread ends with the child's end of the
    // pipe. It comes first: where there is no room for it, no child has to be killed, which may
    // have names to remove.
    thread::Builder::new().spawn(move || {
        let lines = handed.recv().into_iter().flat_map(|out| BufReader::new(out).lines());
        // It fails when nobody wants to know any more.
        lines.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
    })?;
    let mut child = command.spawn()?;
    // It fails where the thread has panicked, and its channel is closed: then no line comes.
    let _ = child.stdout.take().map(|out| hand.send(out));
    Ok(Started { child, ends_by, lines })
}

/// Lets the process that `command` will start inherit these descriptors, which the caller lends
/// until then, under the numbers that they have here.
fn hand_over(command: &mut Command, descriptors: &[BorrowedFd<'_>]) {
    let numbers: Vec<_> = descriptors.iter().map(BorrowedFd::as_raw_fd).collect();
    let keep = move || {
        for number in &numbers {
            // SAFETY: the caller lends the descriptor until the child has been started; and this
            // child has all that it has.
            let descriptor = unsafe { BorrowedFd::borrow_raw(*number) };
            // It is closed by a new program in no child but this one.
            fcntl_setfd(descriptor, FdFlags::empty())?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec, `keep` does nothing but system calls: it neither allocates nor
    // takes a lock.
    unsafe { command.pre_exec(keep) };
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the child took longer than its deadline")
}

impl Started {
    /// Returns the child's process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the next line that the child writes; `None` when it has closed its output.
    ///
    /// # Errors
    /// It has not written one when its deadline is over ([`TimedOut`](io::ErrorKind::TimedOut)), or
    /// nothing that is text.
    pub fn line(&self) -> io::Result<Option<String>> {
        let left = |ends_by: Instant| ends_by.saturating_duration_since(Instant::now());
        match self.ends_by.map_or_else(
            || self.lines.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
            |ends_by| self.lines.recv_timeout(left(ends_by)),
        ) {
            Ok(line) => line.map(Some),
            Err(mpsc::RecvTimeoutError::Disconnected) => Ok(None),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(too_long()),
        }
    }

    /// Kills the child with SIGKILL, of which it hears nothing, and reaps it.
    ///
    /// # Errors
    /// It is reaped already.
    pub fn kill(mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }

    /// Returns what the child wrote, from where [`line`](Self::line) has left off, when it has
    /// ended.
    ///
    /// # Errors
    /// It has not ended when its deadline is over ([`TimedOut`](io::ErrorKind::TimedOut)), or ends
    /// in a failure.
    pub fn answer(mut self) -> io::Result<String> {
        let mut answer = String::new();
        while let Some(line) = self.line()? {
            answer.push_str(&line);
            answer.push('\n');
        }
        // At the end of its output a child is at its own end, or within a moment. std's wait has no
        // time limit either.
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break status,
                None if self.ends_by.is_none_or(|ends_by| Instant::now() < ends_by) => {
                    thread::sleep(Duration::from_millis(1));
                }
                None => return Err(too_long()),
            }
        };
        if status.success() {
            Ok(answer)
        } else {
            Err(io::Error::other(format!("the child failed, {status}")))
        }
    }
}

/// Ends this process, a child, when its standard input ends: its parent has closed it, or is gone.
///
/// # Errors
/// There is no room for a thread.
pub(crate) fn end_with_input() -> io::Result<()> {
    let watch = || {
        // Whatever is wrong with it, it is of no more use.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    };
    thread::Builder::new().name("parent-watch".into()).spawn(watch).map(drop)
}
