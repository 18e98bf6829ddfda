//! Fork: the child begins as a copy of its parent, in the middle of the parent's code.
//!
//! Two things follow, and both are kept here.
//!
//! **The child must not return.** Above it on the stack are its parent's callers: to return, or to
//! unwind, is to run the rest of the parent's program a second time: to write its buffers out
//! again, to run its destructors, which would kill the children that are not the child's own.
//! `exit` runs what the parent has registered for its own end. So the child ends by `_exit`, which
//! runs nothing more, whatever its job does ([`leave`] shows all three).
//!
//! **Of the parent's threads it has one.** What another thread held (a lock, half of an allocation)
//! is held for ever. So where the parent has several, the child may do nothing but what a signal
//! handler may: `read`, `write`, `dup2`, `_exit`, `exec`; not allocate, not print, not lock. The
//! compiler cannot see to that, hence `unsafe` ([`fork_and`]). A parent with one thread has no such
//! worry: [`forked`] counts them, and is safe to call.
#![expect(
    unsafe_code,
    reason = "after a fork, little may be allowed in the child, and the compiler does not know"
)]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use nix::unistd::{ForkResult, fork};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::{Job, StartMethod, Streams};
use crate::child::{DEADLINE, GRACE, bounded, bounded_by, too_long};
use crate::deadline::{Deadline, has_ended};
use crate::spawn_and_wait::Ended;

/// Starts children by fork.
#[derive(Debug)]
pub struct Fork {
    children: Vec<Forked>,
    null: File,
    limit: Duration,
}

impl Fork {
    /// Makes one that has no children yet.
    ///
    /// # Errors
    /// There is no `/dev/null`.
    pub fn new() -> io::Result<Self> {
        Ok(Self { children: Vec::new(), null: File::open("/dev/null")?, limit: DEADLINE + GRACE })
    }
}

impl Fork {
    /// Sets the timeout of [`wait`](StartMethod::wait): the children's [deadline](DEADLINE) and a
    /// little more, if it is not set.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

impl StartMethod for Fork {
    /// # Errors
    /// As [`forked`].
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        // What it is to do needs no handing over: it is there.
        let child = forked(|| {
            dup2_stdin(&self.null)?;
            dup2_stdout(streams.out)?;
            dup2_stderr(streams.err)?;
            job.clone().run()
        })?;
        let id = child.id();
        self.children.push(child);
        Ok(id)
    }

    fn wait(&mut self, child: u32) -> io::Result<Ended> {
        let at = self.children.iter().position(|forked| forked.id() == child);
        self.children.swap_remove(at.ok_or(io::ErrorKind::NotFound)?).wait_or_kill(self.limit)
    }
}

/// Forks a process that has no thread but the caller; the child does `run`, and ends with the code
/// that it returns, or 1 for an error and 101 for a panic.
///
/// # Errors
/// This process has other threads, or, [`Unsupported`](io::ErrorKind::Unsupported), the system does
/// not say; or it cannot fork.
pub fn forked(run: impl FnOnce() -> io::Result<i32>) -> io::Result<Forked> {
    // A folder has a link from above, one from itself, and one from each folder in it: one a
    // thread.
    let threads = match fs::metadata("/proc/self/task") {
        Ok(tasks) => tasks.nlink() - 2,
        Err(_) => {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "no /proc here: whether a process has other threads cannot be told",
            ));
        }
    };
    if threads != 1 {
        let others = threads - 1;
        return Err(io::Error::other(format!(
            "{others} other threads: the child would be without them"
        )));
    }
    // What is left in the buffer would be in the child's as well.
    io::stdout().flush()?;
    let run = || {
        run().unwrap_or_else(|error| {
            eprintln!("processes: {error}");
            1
        })
    };
    // SAFETY: the only thread of this process is the caller, which the child has, so nothing is
    // held by one that it has not.
    unsafe { fork_and(run) }
}

/// Forks; the child does `run` and ends with its code.
///
/// # Safety
/// This process has no other thread, or `run` does nothing but what a signal handler may.
///
/// # Errors
/// The system cannot fork.
pub(crate) unsafe fn fork_and(run: impl FnOnce() -> i32) -> io::Result<Forked> {
    let parent = getpid();
    // SAFETY: the caller promises it for `run`; what is done around it is system calls, and code
    // that unwinds if `run` panics, which it does not if it may do only what a signal handler may.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Forked::new(child)?),
        ForkResult::Child => {
            bounded_by(parent);
            let code = catch_unwind(AssertUnwindSafe(run)).unwrap_or(101);
            // SAFETY: it has no preconditions. `exit` in its place would run what the parent has
            // registered for its own end.
            unsafe { nix::libc::_exit(code) }
        }
    }
}

/// Owns a forked child. Dropping it kills the child, if it still runs, and reaps it.
#[derive(Debug)]
pub struct Forked {
    pid: Pid,
    reaped: Option<Ended>,
}

impl Forked {
    fn new(child: nix::unistd::Pid) -> io::Result<Self> {
        let pid = Pid::from_raw(child.as_raw()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { pid, reaped: None })
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Returns its process number.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Waits for its end, and reaps it.
    ///
    /// # Errors
    /// The system does not know the child. Or, [`TimedOut`](io::ErrorKind::TimedOut), it has not
    /// ended although its [deadline](DEADLINE) is over, for it is stopped: it is killed.
    pub fn wait(self) -> io::Result<Ended> {
        self.wait_or_kill(DEADLINE + GRACE)
    }

    fn wait_or_kill(mut self, limit: Duration) -> io::Result<Ended> {
        self.wait_for(limit)?.ok_or_else(too_long)
    }

    /// Waits for the end of a child that has nothing to do but to end, or has ended already, and
    /// reaps it.
    pub(crate) fn reap(mut self) -> io::Result<Ended> {
        self.look(WaitOptions::empty())?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Waits for its end as long as the caller has patience: `None` if it still runs then.
    /// [`Duration::MAX`] is no limit.
    ///
    /// # Errors
    /// The system does not know the child.
    pub fn wait_for(&mut self, patience: Duration) -> io::Result<Option<Ended>> {
        if self.reaped.is_none() && !has_ended(self.pid, Deadline::after(patience))? {
            return Ok(None);
        }
        self.look(WaitOptions::empty())
    }

    fn look(&mut self, how: WaitOptions) -> io::Result<Option<Ended>> {
        if self.reaped.is_none() {
            let reaped = retry_on_intr(|| waitpid(Some(self.pid), how))?;
            self.reaped = reaped.map(|(_, status)| status.into());
        }
        Ok(self.reaped)
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        // The PID of a child that the kernel has reaped by itself, since this process ignores
        // SIGCHLD, may be another's by now.
        if matches!(self.look(WaitOptions::NOHANG), Ok(None)) {
            // It may end in this moment; until it is reaped, its PID is its own.
            let _ = kill_process(self.pid, Signal::KILL);
            let _ = self.look(WaitOptions::empty());
        }
    }
}

/// Writes a line into a buffer, registers another one for its end, and forks. The child `returns`
/// to where its parent goes on, calls `exit`, or ends `at-once`.
pub(crate) fn leave(how: &str) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    writeln!(out, "buffered")?;
    // SAFETY: the function does not unwind.
    if unsafe { nix::libc::atexit(at_the_end) } != 0 {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    let child = match how {
        // SAFETY: this process was started for this, and has one thread.
        "returns" => match unsafe { fork() }? {
            ForkResult::Parent { child } => Forked::new(child)?,
            ForkResult::Child => {
                bounded();
                return out.flush();
            }
        },
        "exit" => forked(|| std::process::exit(0))?,
        "at-once" => forked(|| Ok(0))?,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    child.wait()?;
    out.flush()
}

extern "C" fn at_the_end() {
    // There is nobody left to tell, should it fail.
    let _ = rustix::io::write(rustix::stdio::stdout(), b"registered\n");
}

/// Forks a child that ends at once, and waits for it: the least that a fork can cost.
pub(crate) fn bare_fork() -> io::Result<()> {
    // SAFETY: the child does nothing but `_exit`.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Forked::new(child)?.reap().map(drop),
        // SAFETY: it has no preconditions.
        ForkResult::Child => unsafe { nix::libc::_exit(0) },
    }
}
