//! A process is asked to stop (SIGTERM), and killed (SIGKILL) if it has not after a timeout.
//!
//! A handler runs where the signal has interrupted the process, in the middle of an allocation for
//! instance: it may call only what is async-signal-safe. Hence the self-pipe trick: the handler
//! writes a byte, and a thread that waits at the other end does the work. [`signal_hook`]'s iterator
//! is made like that.

#![expect(unsafe_code, reason = "a signal's disposition is set")]

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use kit::child::{ChildGuard, Entry};
use kit::process_lane::{Lane, PARENT};
use nix::sys::signal::SigHandler;
use rustix::process::{Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;

use crate::daemon::ParentDeath;
use crate::exit::Exit;
use crate::messages::{argument, start};
use crate::subreaper::{self, Subreaper, pid};

/// The child of this lesson.
pub const CHILD: Entry = Entry { name: "stopped", run: child };

/// What a child does at SIGTERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnTerm {
    /// It has no handler: the default action ends it.
    Default,
    /// It cleans up, and exits with code 0.
    CleansUp,
    /// It has a handler that does nothing.
    Ignores,
}

/// Starts a child, and stops it as [`stop`] does; returns the same, and the child's last line, if
/// there was one: "cleaned up".
pub fn stopped(
    program: &Path,
    on_term: OnTerm,
    timeout: Duration,
) -> io::Result<((Exit, bool), Option<String>)> {
    let mut child = start(program, &CHILD, &on_term)?;
    let out = child.stdout();
    let _child = Lane::of("child", child.id()).runs("works");
    // Before this line, its handler may not be installed yet.
    out.recv_line()?;
    let _parent = PARENT.waits("the child's end", "child");
    Ok((stop(&mut child, timeout)?, out.recv_all()?.pop()))
}

/// Asks a child to stop (SIGTERM), waits for `timeout`, and then kills it (SIGKILL). Returns its
/// exit status, and whether it was killed. A child that has ended already gets no signal.
///
/// ```
/// use std::{process::Command, time::Duration};
/// use kit::child::ChildGuard;
/// use processes::{exit::Exit, signals::stop};
///
/// let sleeper = Command::new("sleep").arg("3600").spawn()?;
/// let mut sleeper = ChildGuard::of(sleeper, Duration::from_secs(20));
/// assert_eq!(stop(&mut sleeper, Duration::from_secs(10))?, (Exit::Signal(15), false));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stop(child: &mut ChildGuard, timeout: Duration) -> io::Result<(Exit, bool)> {
    // The PID of a child that has been reaped may be another process's.
    if child.is_running()? {
        // It may end in this moment; only this function reaps it, so its PID is its own.
        kill_process(pid(child.id())?, Signal::TERM)?;
    }
    if let Some(status) = child.wait_timeout(timeout)? {
        return Ok((status.into(), false));
    }
    child.kill()?;
    Ok((child.wait()?.into(), true))
}

/// Kills a child that has started a child of its own, and returns both exit statuses (Linux). The
/// grandchild lives on: it answers, and is told to end.
pub fn only_the_child(program: &Path) -> io::Result<[Exit; 2]> {
    let (mut subreaper, [child, grandchild]) = family(program, ParentDeath::Ignored)?;
    let _grandchild = Lane::of("its child", grandchild).waits("its input", "lesson");
    let waits = Lane::of("child", child).waits("its child's end", "its child");
    subreaper::kill(child)?;
    let exit = subreaper.wait_for(child)?;
    drop(waits);
    subreaper.send_line("are you there?")?;
    subreaper.recv("answer")?;
    subreaper.send_line("end")?;
    Ok([exit, subreaper.wait_for(grandchild)?])
}

/// Kills the same two by one signal to the process group that the child leads.
pub fn whole_group(program: &Path) -> io::Result<[Exit; 2]> {
    // A child that waits for the grandchild might reap it before the signal ends the child: then
    // the subreaper would not report the grandchild. This child does not wait, it has a pipe.
    let (mut subreaper, [child, grandchild]) = family(program, ParentDeath::Pipe)?;
    let _grandchild = Lane::of("its child", grandchild).waits("its input", "child");
    let _child = Lane::of("child", child).waits("its input", "lesson");
    kill_process_group(pid(child)?, Signal::KILL)?;
    Ok([subreaper.wait_for(child)?, subreaper.wait_for(grandchild)?])
}

/// Starts a child and a grandchild below a subreaper, which reports how each ends.
fn family(program: &Path, arranged: ParentDeath) -> io::Result<(Subreaper, [u32; 2])> {
    let _parent = PARENT.runs("starts both");
    let mut subreaper = arranged.start(program)?;
    let [child] = subreaper.recv_numbers("parent")?;
    let [grandchild, _] = subreaper.recv_numbers("child")?;
    Ok((subreaper, [child, grandchild]))
}

/// Ignores a signal from here on.
pub(crate) fn ignore(signal: nix::sys::signal::Signal) -> io::Result<()> {
    // SAFETY: nix asks two things of a handler: that it calls only what is async-signal-safe, and
    // that no code relied on the one before it. `SigIgn` runs no code; and the processes that call
    // this have just begun, with the default disposition.
    unsafe { nix::sys::signal::signal(signal, SigHandler::SigIgn) }?;
    Ok(())
}

/// What the child does: prepares for SIGTERM as its argument says, and works until it comes.
fn child(arguments: &[String]) -> io::Result<()> {
    let on_term = argument(arguments)?;
    match on_term {
        OnTerm::Default => {}
        OnTerm::CleansUp => {
            let mut signals = Signals::new([SIGTERM])?;
            end_with_the_input()?;
            writeln!(io::stdout(), "works")?;
            // It blocks until there is one.
            let _asked = signals.forever().next();
            return writeln!(io::stdout(), "cleaned up");
        }
        OnTerm::Ignores => {
            // The handler sets a flag that this process never reads.
            signal_hook::flag::register(SIGTERM, Arc::new(AtomicBool::new(false)))?;
        }
    }
    writeln!(io::stdout(), "works")?;
    io::stdin().read_to_end(&mut Vec::new())?;
    writeln!(io::stdout(), "cleaned up")
}

/// Ends this process when its parent is gone, whatever it waits for.
fn end_with_the_input() -> io::Result<()> {
    let to_the_end = || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        exit(1);
    };
    thread::Builder::new().spawn(to_the_end).map(drop)
}
