//! What becomes of a child when its parent ends: nothing, unless something was arranged beforehand.
//!
//! The parent is killed with SIGKILL: no destructor runs, no handler. What ends the child then has
//! to be the kernel's doing. All of it happens below a [subreaper](crate::subreaper).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::panic::resume_unwind;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;

use kit::child::{Entry, program};
use kit::process_lane::Lane;
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::messages::argument;
use crate::subreaper::{Subreaper, kill};

/// The parent of this lesson, and its child.
pub const CHILDREN: &[Entry] = &[DAEMON_PARENT, DAEMON];

/// A parent that starts a [`DAEMON`]; its argument is the [`ParentDeath`] that they arrange.
pub(crate) const DAEMON_PARENT: Entry = Entry { name: "daemon-parent", run: parent };

/// The child of that parent; its argument is the [`ParentDeath`] and its parent's PID.
pub const DAEMON: Entry = Entry { name: "daemon", run: child };

/// What a parent and its child have arranged for the parent's death.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParentDeath {
    /// Nothing, as it is by default.
    Ignored,
    /// The kernel sends the child SIGKILL (Linux's `PR_SET_PDEATHSIG`).
    Signal,
    /// As [`Signal`](Self::Signal), but the child is started by a thread of the parent that ends
    /// before the parent does.
    SignalOfThread,
    /// The child ends at the end of a pipe of which the parent alone has the writing end.
    Pipe,
    /// The parent waits for the child before it ends.
    WaitsFirst,
    /// The parent ends the child before it ends, as Python's `multiprocessing` does with a daemon.
    EndsIt,
}

impl ParentDeath {
    /// Starts a subreaper, and below it a parent and its child that have arranged this.
    pub(crate) fn start(self, program: &Path) -> io::Result<Subreaper> {
        Subreaper::start(program, &DAEMON_PARENT, &[&serde_json::to_string(&self)?])
    }
}

/// Starts a parent and its child, and kills the parent. Returns both exit statuses, and whether the
/// child lived on: after the parent had been killed and reaped, it answered, and had a new parent.
/// Such a child ends with the lesson's pipe.
pub fn killed(program: &Path, arranged: ParentDeath) -> io::Result<([Exit; 2], bool)> {
    let mut subreaper = arranged.start(program)?;
    let [parent] = subreaper.recv_numbers("parent")?;
    let parent_lane = Lane::of("parent", parent).runs("lives");
    let [child, first_parent] = subreaper.recv_numbers("child")?;
    let from = if arranged == ParentDeath::Pipe { "parent" } else { "lesson" };
    let _child = Lane::of("child", child).waits("its input", from);
    kill(parent)?;
    let killed = subreaper.wait_for(parent)?;
    drop(parent_lane);
    // Only a child for which nothing was arranged is asked: another one, which dies at this moment,
    // might still answer.
    let lived_on = arranged == ParentDeath::Ignored && {
        subreaper.send_line("who is your parent?")?;
        let [new_parent] = subreaper.recv_numbers("answer")?;
        first_parent == parent && new_parent == subreaper.id()
    };
    if lived_on {
        subreaper.close_stdin();
    }
    Ok(([killed, subreaper.wait_for(child)?], lived_on))
}

/// Starts a parent that waits for its child, tells the child to end, and returns the parent's exit
/// status, which came after the child's.
pub fn waited_for(program: &Path) -> io::Result<Exit> {
    let mut subreaper = ParentDeath::WaitsFirst.start(program)?;
    let [parent] = subreaper.recv_numbers("parent")?;
    subreaper.recv("child")?;
    let _parent = Lane::of("parent", parent).waits("the child's end", "child");
    subreaper.close_stdin();
    subreaper.recv("then")?;
    subreaper.wait_for(parent)
}

/// Starts a parent, and has it end in order; returns its exit status, and that of the child, which
/// it has ended (SIGTERM) and reaped before.
pub fn parent_ends(program: &Path) -> io::Result<[Exit; 2]> {
    let mut subreaper = ParentDeath::EndsIt.start(program)?;
    let [parent] = subreaper.recv_numbers("parent")?;
    let [child, _] = subreaper.recv_numbers("child")?;
    let _parent = Lane::of("parent", parent).runs("ends in order");
    let _child = Lane::of("child", child).waits("its input", "parent");
    subreaper.close_stdin();
    let [signal] = subreaper.recv_numbers("signal")?;
    Ok([subreaper.wait_for(parent)?, Exit::Signal(signal.cast_signed())])
}

/// Starts a parent of which one thread starts the child and ends; returns how the child ended while
/// the parent lived.
pub fn thread_ended(program: &Path) -> io::Result<Exit> {
    let mut subreaper = ParentDeath::SignalOfThread.start(program)?;
    let [parent] = subreaper.recv_numbers("parent")?;
    let _parent = Lane::of("parent", parent).waits("the child's end", "child");
    let [signal] = subreaper.recv_numbers("signal")?;
    subreaper.wait_for(parent)?;
    Ok(Exit::Signal(signal.cast_signed()))
}

/// What the parent does: starts the child, and stays at least as long as the child or the lesson.
fn parent(arguments: &[String]) -> io::Result<()> {
    let (arranged, me) = (argument(arguments)?, std::process::id());
    writeln!(io::stdout(), "parent {me}")?;
    let mut command = DAEMON.command(&program()?);
    command.arg(serde_json::to_string(&(arranged, me))?);
    match arranged {
        ParentDeath::Ignored | ParentDeath::Signal => command.status().map(drop),
        ParentDeath::WaitsFirst => {
            command.status()?;
            writeln!(io::stdout(), "then the child had ended")
        }
        ParentDeath::Pipe | ParentDeath::EndsIt => {
            let mut child = command.stdin(Stdio::piped()).spawn()?;
            io::stdin().read_to_end(&mut Vec::new())?;
            if arranged == ParentDeath::EndsIt {
                kill_process(Pid::from_child(&child), Signal::TERM)?;
                // std closes the pipe before it waits, and the child might end by that.
                let pipe = child.stdin.take();
                writeln!(io::stdout(), "signal {}", child.wait()?.signal().unwrap_or(0))?;
                drop(pipe);
            }
            // This closes the writing end of the pipe, as the kernel does if this process is killed.
            drop(child);
            Ok(())
        }
        ParentDeath::SignalOfThread => {
            let start = move || -> io::Result<Child> {
                let mut child = command.stdout(Stdio::piped()).spawn()?;
                // A child that has written a line has asked for the signal: the thread may end.
                let out = child.stdout.as_mut().map(BufReader::new);
                out.map(|mut out| out.read_line(&mut String::new())).transpose()?;
                Ok(child)
            };
            let starts = thread::Builder::new().spawn(start)?;
            let child = starts.join().unwrap_or_else(|panic| resume_unwind(panic));
            let signal = child?.wait()?.signal().unwrap_or(0);
            writeln!(io::stdout(), "signal {signal}")
        }
    }
}

/// What the child does: arranges for its parent's death, says so, and answers with its parent's PID
/// until it is told to end or its input ends.
fn child(arguments: &[String]) -> io::Result<()> {
    let (arranged, parent): (ParentDeath, u32) = argument(arguments)?;
    if matches!(arranged, ParentDeath::Signal | ParentDeath::SignalOfThread) {
        die_with(parent)?;
    }
    writeln!(io::stdout(), "child {} {}", std::process::id(), parent_id())?;
    for line in io::stdin().lines() {
        if line? == "end" {
            break;
        }
        writeln!(io::stdout(), "answer {}", parent_id())?;
    }
    Ok(())
}

/// Asks the kernel to kill this process when its parent ends; more exactly, when the thread ends
/// that started it.
///
/// # Errors
/// The parent has ended already, and the signal would never come. Or the system has no such signal,
/// and a pipe has to do it.
fn die_with(parent: u32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // The order matters: a parent that ended before the call above is not the parent any more; one
    // that ends after it kills this process.
    if cfg!(target_os = "linux") && parent_id() == parent {
        Ok(())
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}
