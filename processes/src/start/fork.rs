//! Fork: the child begins as a copy of its parent, in the middle of the parent's code.
//!
//! Two rules follow, and this file keeps both.
//!
//! **The child must not return.** Above it on the stack are its parent's callers: a return, or an
//! unwinding panic, would run the rest of the parent's program a second time, flush its buffers
//! again, and run its destructors, which would kill the child's siblings. `exit` runs what the
//! parent has registered for its own end. So the child ends by `_exit`, which runs nothing more
//! (`leave.rs` shows all three).
//!
//! **The child has one of its parent's threads.** What another thread held (a lock, a half-done
//! allocation) is held for ever. If the parent has several threads, the child may call only what is
//! async-signal-safe: `read`, `write`, `dup2`, `_exit`, `exec`; it must not allocate, print or lock.
//! The compiler cannot check that, hence `unsafe` ([`fork_and`]). A parent with one thread has no
//! such restriction: [`forked`] counts the threads, and is safe to call.
#![expect(
    unsafe_code,
    reason = "after a fork, little may be allowed in the child, and the compiler does not know"
)]

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use kit::child::{DEADLINE, timed_out};
use kit::deadline::{Deadline, has_ended};
use nix::unistd::{ForkResult, alarm, fork};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitOptions, getpid, getppid, kill_process, waitpid};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::{Job, StartMethod, Streams};
use crate::exit::Exit;

/// The time that a child is given beyond its deadline, or to end, before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// A start method: fork.
#[derive(Debug)]
pub struct Fork {
    children: Vec<Forked>,
    null: File,
}

impl Fork {
    /// Returns one that has no children yet.
    pub fn new() -> io::Result<Self> {
        Ok(Self { children: Vec::new(), null: File::open("/dev/null")? })
    }
}

impl StartMethod for Fork {
    fn start(&mut self, job: &Job, streams: Streams<'_>) -> io::Result<u32> {
        // The job needs no handing over: it is in the child's memory.
        let child = forked(|| {
            dup2_stdin(&self.null)?;
            dup2_stdout(streams.out)?;
            dup2_stderr(streams.err)?;
            job.clone().run()
        })?;
        let pid = child.id();
        self.children.push(child);
        Ok(pid)
    }

    fn wait(&mut self, child: u32) -> io::Result<Exit> {
        let at = self.children.iter().position(|forked| forked.id() == child);
        self.children.swap_remove(at.ok_or(io::ErrorKind::NotFound)?).wait()
    }
}

/// Forks a process that has no thread but the caller. The child does `run`, and exits with the code
/// that it returns, with 1 for an error, and with 101 for a panic.
///
/// # Errors
/// This process has other threads, or, [`Unsupported`](io::ErrorKind::Unsupported), the system does
/// not show them; or it cannot fork.
pub fn forked(run: impl FnOnce() -> io::Result<i32>) -> io::Result<Forked> {
    check_alone()?;
    // What is left in the buffer would be in the child's copy as well.
    io::stdout().flush()?;
    // SAFETY: `fork_and` asks that this process has no other thread, and `check_alone` found none.
    unsafe { fork_and(|| exit_code(run)) }
}

/// Does `run`, and returns the code to exit with: 1 for an error, which it writes.
pub(super) fn exit_code(run: impl FnOnce() -> io::Result<i32>) -> i32 {
    run().unwrap_or_else(|error| {
        // There is nowhere left to complain when this fails.
        let _ = writeln!(io::stderr(), "processes: {error}");
        1
    })
}

/// Forks a process that has no thread but the caller, as C does: both go on from here. Returns the
/// child's PID, and `None` in the child.
pub(crate) fn fork_alone() -> io::Result<Option<Pid>> {
    check_alone()?;
    // SAFETY: nix asks that the child of a process with several threads calls only what is
    // async-signal-safe; `check_alone` found one thread.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => rustix_pid(child).map(Some),
        ForkResult::Child => Ok(None),
    }
}

/// Checks that this process has one thread. No other can have started when it returns: only a thread
/// of this process could start one, and the only one is here.
pub(super) fn check_alone() -> io::Result<()> {
    if has_nothing_to_unshare() {
        return Ok(());
    }
    // A directory's link count is two and one for each directory in it: here, one for each thread.
    let Ok(tasks) = fs::metadata("/proc/self/task") else {
        let why = "no /proc here: whether a process has other threads cannot be told";
        return Err(io::Error::new(io::ErrorKind::Unsupported, why));
    };
    let others = tasks.nlink().saturating_sub(3);
    if tasks.nlink() == 3 {
        return Ok(());
    }
    Err(io::Error::other(format!("{others} other threads: the child would be without them")))
}

/// Asks the kernel to end what threads of a process share. It refuses that to a process with other
/// threads, and does nothing for one that has none: in a sixth of the time of a look into `/proc`.
/// False says nothing: a container may refuse each such call.
#[cfg(target_os = "linux")]
fn has_nothing_to_unshare() -> bool {
    // SAFETY: It has no effect but its result.
    unsafe { nix::libc::unshare(nix::libc::CLONE_THREAD) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn has_nothing_to_unshare() -> bool {
    false
}

/// Ends this process at once: `exit` in its place would flush buffers, and run what the process, or
/// the parent that it is a copy of, has registered for its end.
pub(crate) fn exit_at_once(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions and is async-signal-safe.
    unsafe { nix::libc::_exit(code) }
}

pub(super) fn rustix_pid(pid: nix::unistd::Pid) -> io::Result<Pid> {
    Pid::from_raw(pid.as_raw()).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Forks; the child does `run` and exits with its code.
///
/// # Safety
/// This process has no other thread, or `run` calls only what is async-signal-safe.
pub(crate) unsafe fn fork_and(run: impl FnOnce() -> i32) -> io::Result<Forked> {
    let parent = getpid();
    // SAFETY: nix asks that the child of a process with several threads calls only what is
    // async-signal-safe. `run` does, by this function's own contract. Around it are system calls
    // (`bound_lifetime`, `getppid`, `kill`, `_exit`) and `catch_unwind`, which allocates only when
    // a panic is caught; a `run` that panics allocates itself, which its contract allows to a
    // process with one thread only.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => rustix_pid(child).map(Forked::new),
        ForkResult::Child => {
            bound_lifetime();
            // A parent that ended before the call above sends no signal any more.
            if getppid() != Some(parent) {
                let _ = kill_process(getpid(), Signal::KILL);
            }
            exit_with(run)
        }
    }
}

/// Ends a forked child with the code that `run` returns, or 101 for a panic.
pub(super) fn exit_with(run: impl FnOnce() -> i32) -> ! {
    exit_at_once(catch_unwind(AssertUnwindSafe(run)).unwrap_or(101))
}

/// Gives this process a time to live, and lets it end with the thread that started it, where the
/// system can. It calls only what is async-signal-safe, so a forked child may call it.
pub(crate) fn bound_lifetime() {
    set_time_to_live();
    #[cfg(target_os = "linux")]
    // It fails only for a signal that does not exist.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}

/// Gives this process a time to live, after which a signal ends it.
pub(super) fn set_time_to_live() {
    // A fork does not inherit its parent's alarm; a program that is executed keeps its own.
    alarm::set(u32::try_from(DEADLINE.as_secs()).unwrap_or(u32::MAX));
}

/// The owner of a forked child. Dropping it kills the child, if it still runs, and reaps it.
#[derive(Debug)]
pub struct Forked {
    pid: Pid,
    reaped: Option<Exit>,
}

impl Forked {
    pub(crate) fn new(pid: Pid) -> Self {
        Self { pid, reaped: None }
    }

    /// Returns the child's PID.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Waits for the child's end, and reaps it.
    ///
    /// # Errors
    /// The system does not know the child. Or, [`TimedOut`](io::ErrorKind::TimedOut), it is stopped,
    /// and has not ended at its [deadline](DEADLINE): it is killed.
    pub fn wait(self) -> io::Result<Exit> {
        self.wait_unless_stopped(DEADLINE + GRACE)
    }

    /// Waits for the child's end, as its deadline brings it; one that is stopped has `timeout` more.
    pub(super) fn wait_unless_stopped(mut self, timeout: Duration) -> io::Result<Exit> {
        // One call, which returns for a child that is stopped as well; a timeout takes five.
        match self.wait_with(WaitOptions::UNTRACED)? {
            Some(exit) => Ok(exit),
            None => self.wait_timeout(timeout)?.ok_or_else(timed_out),
        }
    }

    /// Waits for the end of a child that has ended already or has nothing left to do, and reaps it.
    pub(super) fn reap(mut self) -> io::Result<Exit> {
        self.wait_with(WaitOptions::empty())?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Waits for the child's end until `timeout` is over; `None` if it still runs then.
    /// [`Duration::MAX`] is no limit.
    pub fn wait_timeout(&mut self, timeout: Duration) -> io::Result<Option<Exit>> {
        if self.reaped.is_none() && !has_ended(self.pid, Deadline::after(timeout))? {
            return Ok(None);
        }
        self.wait_with(WaitOptions::empty())
    }

    fn wait_with(&mut self, options: WaitOptions) -> io::Result<Option<Exit>> {
        if self.reaped.is_none() {
            let reaped = retry_on_intr(|| waitpid(Some(self.pid), options))?;
            let ended = reaped.filter(|(_, status)| !status.stopped());
            self.reaped = ended.map(|(_, status)| status.into());
        }
        Ok(self.reaped)
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        // A process that ignores SIGCHLD does not reap its children, the kernel does: then the PID
        // may be another process's by now.
        if matches!(self.wait_with(WaitOptions::NOHANG), Ok(None)) {
            // It may end in this moment; until it is reaped, its PID is its own.
            let _ = kill_process(self.pid, Signal::KILL);
            let _ = self.wait_with(WaitOptions::empty());
        }
    }
}
