//! A zombie: a child that has ended and has not been waited for. It has no memory and no files any
//! more; the kernel keeps its PID and its exit status until its parent asks.
//!
//! A std `Child` that is dropped is not waited for: its process is a zombie from its end until its
//! parent ends. A server that starts children and forgets them runs out of PIDs one day.
//!
//! SIGCHLD tells a parent that a child has ended, but not how many: a signal that is pending already
//! is not queued a second time. So a handler waits until no child is left that has ended. It collects
//! the exit statuses, and a `wait` elsewhere in the process then finds none: one place may wait.

#![expect(unsafe_code, reason = "a handler of a signal is installed")]

use std::io;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use kit::child::{ChildGuard, DEADLINE, Entry, kill_and_reap, program, timed_out};
use kit::deadline::{self, Deadline};
use kit::process_lane::{Lane, PARENT};
use nix::sys::signal::{SigSet, Signal::SIGCHLD};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, waitpid};
use serde::{Deserialize, Serialize};

use crate::messages::{argument, ask, print_json};
use crate::procfs::{self, Process};
use crate::signals::ignore;
use crate::spawn_and_wait::{EXIT, WAIT};
use crate::start::Forked;
use crate::subreaper::pid;

#[doc(hidden)]
pub mod model;

/// The children of this lesson.
pub const CHILDREN: &[Entry] = &[IGNORES_SIGCHLD, HANDLES_SIGCHLD];

const IGNORES_SIGCHLD: Entry =
    Entry { name: "ignores-sigchld", run: |_| print_json(&ignore_and_start()?) };
const HANDLES_SIGCHLD: Entry = Entry {
    name: "handles-sigchld",
    run: |arguments| print_json(&handle_and_start(argument(arguments)?)?),
};

/// The number of children that are started.
pub const THREE: usize = 3;

/// Starts children that exit at once.
fn start(program: &Path) -> io::Result<Vec<Child>> {
    let mut command = EXIT.command(program);
    command.arg("0").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut children = Vec::new();
    for _ in 0..THREE {
        match command.spawn() {
            Ok(child) => children.push(child),
            Err(error) => {
                children.iter_mut().for_each(kill_and_reap);
                return Err(error);
            }
        }
    }
    Ok(children)
}

/// Waits for the end of each child and reaps none: `waitid` with `WNOWAIT`.
fn wait_for_ends(children: &[Pid]) -> io::Result<()> {
    for child in children {
        if !deadline::has_ended(*child, Deadline::after(DEADLINE))? {
            return Err(timed_out());
        }
    }
    Ok(())
}

/// Returns whether the system still shows a process that is a child of this one.
fn is_left(pid: u32) -> bool {
    // The PID of a child that has been reaped is free, and may be given to a stranger at once.
    let mine = |process: Process| process.parent == std::process::id();
    procfs::process(pid).is_ok_and(|process| process.is_some_and(mine))
}

/// Drops the children, and looks at them after their end (Linux): returns each, if it is still there,
/// and how many accept SIGKILL, which changes nothing. They are reaped before it returns.
pub fn dropped(program: &Path) -> io::Result<(Vec<Option<Process>>, usize)> {
    let children: Vec<_> = start(program)?.iter().map(Pid::from_child).collect();
    let _reaped: Vec<_> = children.iter().copied().map(Forked::new).collect();
    let _parent = PARENT.runs("does something else");
    let pids = children.iter().map(|child| child.as_raw_nonzero().get().cast_unsigned());
    let _zombies: Vec<_> = pids
        .clone()
        .map(|pid| Lane::of("child", pid).waits("the parent's wait", "parent"))
        .collect();
    wait_for_ends(&children)?;
    let processes = pids.map(procfs::process).collect::<io::Result<_>>()?;
    let accept = children.iter().filter(|child| kill_process(**child, Signal::KILL).is_ok());
    Ok((processes, accept.count()))
}

/// Polls three children with `WNOHANG` while they run, once they have ended, and once more. Returns
/// how many of the answers were "it runs", an exit status, and "no such child" (`ECHILD`).
pub fn polled(program: &Path) -> io::Result<[usize; 3]> {
    type Answer = Result<Option<(Pid, WaitStatus)>, Errno>;
    let _parent = PARENT.runs("polls, and works between");
    let start = |_| WAIT.start(program, &[]);
    let mut children = (0..THREE).map(start).collect::<io::Result<Vec<_>>>()?;
    let _children: Vec<_> = children
        .iter()
        .map(|child| Lane::of("child", child.id()).waits("its input", "parent"))
        .collect();
    let pids = children.iter().map(|child| pid(child.id())).collect::<io::Result<Vec<_>>>()?;
    let poll = |wanted: fn(&Answer) -> bool| {
        let answers = pids.iter().map(|pid| waitpid(Some(*pid), WaitOptions::NOHANG));
        answers.filter(wanted).count()
    };
    let running = poll(|answer| matches!(answer, Ok(None)));
    children.iter_mut().for_each(ChildGuard::close_stdin);
    wait_for_ends(&pids)?;
    let collected = poll(|answer| matches!(answer, Ok(Some(_))));
    Ok([running, collected, poll(|answer| matches!(answer, Err(Errno::CHILD)))])
}

/// Waits for the children; returns how many are left.
pub fn waited(program: &Path) -> io::Result<usize> {
    let _parent = PARENT.waits("the children's end", "child");
    let children = start(program)?.into_iter().map(|child| ChildGuard::of(child, DEADLINE));
    let mut left = 0;
    for mut child in children.collect::<Vec<_>>() {
        child.wait()?;
        left += usize::from(is_left(child.id()));
    }
    Ok(left)
}

/// Starts a process that ignores SIGCHLD and starts children. Returns how many of them are left,
/// and of how many it learns the exit status.
pub fn ignored(program: &Path) -> io::Result<(usize, usize)> {
    let _parent = PARENT.waits("the child's end", "child");
    ask(program, &IGNORES_SIGCHLD, &())
}

fn ignore_and_start() -> io::Result<(usize, usize)> {
    ignore(SIGCHLD)?;
    let mut children = start(&program()?)?;
    // The wait returns when all children have ended, and fails: the exit status is gone.
    let known = children.iter_mut().filter_map(|child| child.wait().ok()).count();
    let left = children.iter().filter(|child| is_left(child.id())).count();
    Ok((left, known))
}

/// How a handler of SIGCHLD waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Handler {
    /// For one child.
    WaitsOnce,
    /// Until no child is left that has ended.
    Loops,
}

/// Starts a process that handles SIGCHLD, and starts children. It blocks the signal until all have
/// ended, as a process does that is not scheduled meanwhile. Returns how often the handler ran, how
/// many exit statuses it has collected, and how many zombies are left.
pub fn handled(program: &Path, handler: Handler) -> io::Result<[usize; 3]> {
    let _parent = PARENT.waits("the child's end", "child");
    ask(program, &HANDLES_SIGCHLD, &handler)
}

/// The number of signals that this process has handled.
static SIGNALS: AtomicUsize = AtomicUsize::new(0);
/// The number of exit statuses that the handler has collected.
static COLLECTED: AtomicUsize = AtomicUsize::new(0);

/// Reaps one child that has ended; returns whether there was one.
fn reap_one() -> bool {
    let one = matches!(retry_on_intr(|| waitpid(None, WaitOptions::NOHANG)), Ok(Some(_)));
    COLLECTED.fetch_add(usize::from(one), SeqCst);
    one
}

fn handle_and_start(handler: Handler) -> io::Result<[usize; 3]> {
    let on_signal = move || {
        SIGNALS.fetch_add(1, SeqCst);
        match handler {
            Handler::WaitsOnce => drop(reap_one()),
            Handler::Loops => while reap_one() {},
        }
    };
    // SAFETY: signal-hook asks that the handler calls only what is async-signal-safe, and does not
    // panic. It adds to atomics and calls `waitpid`.
    unsafe { signal_hook::low_level::register(signal_hook::consts::SIGCHLD, on_signal) }?;
    let sigchld = SigSet::from(SIGCHLD);
    sigchld.thread_block()?;
    let mut children = start(&program()?)?;
    wait_for_ends(&children.iter().map(Pid::from_child).collect::<Vec<_>>())?;
    // The one signal that is pending is delivered before this call returns.
    sigchld.thread_unblock()?;
    let zombies = children.iter().filter(|child| is_left(child.id())).count();
    // The wait for a child that the handler has reaped fails.
    children.iter_mut().for_each(|child| drop(child.wait()));
    Ok([SIGNALS.load(SeqCst), COLLECTED.load(SeqCst), zombies])
}
