//! A child that has ended and has not been waited for: a zombie. It has no memory and no files any
//! more; its number and how it ended are kept for its parent, however long the parent takes to ask.
//!
//! A std `Child` that is dropped is not waited for, so that its process stays like that until its
//! parent ends. A server that starts children and forgets them runs out of numbers one day.

#![expect(unsafe_code, reason = "a signal is ignored by a call that could also install a handler")]

use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use nix::sys::signal::{SigHandler, Signal::SIGCHLD, signal};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tracing::info_span;

use crate::child::{DEADLINE, Guarded, command, end, numbers, this_program, too_long};
use crate::deadline::{self, Deadline};
use crate::proc::{self, Process};
use crate::spawn_and_wait::lane;

/// How many children are started.
pub const CHILDREN: usize = 3;

/// Shows what is left of the children after their end, as far as each is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What the system shows of them.
    pub shown: Vec<Option<Process>>,
    /// How many of them take a signal, which does nothing to them: not even SIGKILL does.
    pub take_a_signal: usize,
}

/// Reaps the child of that number in the end.
struct Reaped(Pid);

impl Drop for Reaped {
    fn drop(&mut self) {
        // It is a child that has not been reaped, or the first wait fails. One that has not ended
        // is stopped.
        if let Ok(None) = retry_on_intr(|| waitpid(Some(self.0), WaitOptions::NOHANG)) {
            let _ = kill_process(self.0, Signal::KILL);
            let _ = retry_on_intr(|| waitpid(Some(self.0), WaitOptions::empty()));
        }
    }
}

/// Starts children that end at once.
fn start(program: &Path) -> io::Result<Vec<Child>> {
    let mut command = command(program, "exit:0");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut children = Vec::new();
    for _ in 0..CHILDREN {
        match command.spawn() {
            Ok(child) => children.push(child),
            Err(error) => {
                children.iter_mut().for_each(end);
                return Err(error);
            }
        }
    }
    Ok(children)
}

/// Waits for the end of a child and leaves it as it is: `waitid` with `WNOWAIT`.
fn has_ended(child: Pid) -> io::Result<()> {
    if deadline::has_ended(child, Deadline::after(DEADLINE))? { Ok(()) } else { Err(too_long()) }
}

fn left(children: &[Pid]) -> io::Result<Left> {
    let shown =
        children.iter().map(|child| proc::look(child.as_raw_nonzero().get().cast_unsigned()));
    let shown = shown.collect::<io::Result<_>>()?;
    let signalled = children.iter().filter(|child| kill_process(**child, Signal::KILL).is_ok());
    Ok(Left { shown, take_a_signal: signalled.count() })
}

/// Drops the children, and looks at them after their end (Linux). In the end they are reaped after
/// all.
///
/// # Errors
/// They cannot be started, or looked at.
pub fn dropped(program: &Path) -> io::Result<Left> {
    let children: Vec<_> = start(program)?.iter().map(Pid::from_child).collect();
    let _reaped: Vec<_> = children.iter().copied().map(Reaped).collect();
    let _parent = lane("parent", || info_span!("runs", what = "does something else"));
    let _child = lane("child", || info_span!("waits", what = "to be waited for", from = "parent"));
    for child in &children {
        has_ended(*child)?;
    }
    left(&children)
}

/// Waits for the children, and looks for them then.
///
/// # Errors
/// As of [`dropped`].
pub fn waited(program: &Path) -> io::Result<Vec<Option<Process>>> {
    let _parent =
        lane("parent", || info_span!("waits", what = "the children's end", from = "child"));
    let children: Vec<_> =
        start(program)?.into_iter().map(|child| Guarded::of(child, DEADLINE)).collect();
    children.into_iter().map(waited_and_looked_for).collect()
}

fn waited_and_looked_for(mut child: Guarded) -> io::Result<Option<Process>> {
    child.wait()?;
    // The number is free again. It will be given to another process some day, and on a busy system
    // that day is near: who kills by number after the wait kills a stranger. (Here it is only
    // looked at.)
    proc::look(child.id()).map(|seen| seen.filter(|seen| seen.parent == std::process::id()))
}

/// Starts a process that ignores the signal of its children's end (SIGCHLD), and then starts some.
/// Returns how many of them are left, and of how many it learns how they ended.
///
/// # Errors
/// As of [`dropped`].
pub fn ignored(program: &Path) -> io::Result<(usize, usize)> {
    let mut child = Guarded::start(program, "ignoring", DEADLINE)?;
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let _child = lane("child", || info_span!("runs", what = "starts some, and waits"));
    let out = child.out();
    let said = child.said(&out)?;
    child.wait()?;
    let [left, known] = numbers(&said)?;
    Ok((left, known))
}

/// What that process does.
///
/// # Errors
/// Its children cannot be started, or nobody reads what is written.
pub fn ignoring(_: &str) -> io::Result<()> {
    ignore_the_end_of_children()?;
    let mut children = start(&this_program()?)?;
    // The wait comes back when all children have ended, and knows of none of them.
    let known = children.iter_mut().filter_map(|child| child.wait().ok()).count();
    let left = children
        .iter()
        .filter(|child| proc::look(child.id()).is_ok_and(|seen| seen.is_some()))
        .count();
    writeln!(io::stdout(), "{left} {known}")
}

fn ignore_the_end_of_children() -> io::Result<()> {
    // SAFETY: nix asks two things of a handler: that it does only what may be done in the middle of
    // anything, and that nobody relied on the one before it. To ignore is no handler, no code of
    // ours will run; and this process, which has just begun, had none.
    unsafe { signal(SIGCHLD, SigHandler::SigIgn) }?;
    Ok(())
}
