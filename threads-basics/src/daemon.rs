//! What becomes of a thread when main ends. Each function is the main of a child process, which
//! returns right after it.
//!
//! Its thread t1 has something to put away in the end, `Desk`. Nothing here is left to luck: a
//! thread that must not get to its end waits for what never comes, one that must is told to go on
//! only when main is at the place that the lesson is about.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;

use crate::real::lane::{finish, start};
use crate::role::started;

/// Starts `program` as a child whose main is the function of that name: `detached`, `joined` or
/// `stop-flag`. Returns the lines that came.
///
/// # Errors
/// As [`started`].
pub fn lines(program: &Path, main: &str) -> io::Result<Vec<String>> {
    Ok(started(program, main)?.lines().map(str::to_owned).collect())
}

/// Main returns while t1 is at work. A process ends when its main does: t1 is not asked, and its
/// destructors do not run.
///
/// # Errors
/// Nobody reads what is written.
pub fn detached() -> io::Result<()> {
    let (begun, has_begun) = channel();
    // The handle is dropped: nobody will ever join this thread.
    drop(start("t1", move || -> io::Result<()> {
        let _desk = Desk::set()?;
        let _ = begun.send(());
        // What it works on takes longer than main lives, however long that is.
        loop {
            thread::park();
        }
    }));
    // An error means that t1 could not write, and has ended; so it does below.
    let _ = has_begun.recv();
    say("main: returns")
}

/// Main waits for t1 before it returns.
///
/// # Errors
/// Nobody reads what is written.
pub fn joined() -> io::Result<()> {
    let (begun, has_begun) = channel();
    let (go_on, may_go_on) = channel();
    let t1 = start("t1", move || {
        let _desk = Desk::set()?;
        let _ = begun.send(());
        let _ = may_go_on.recv();
        say("t1: its last line")
    });
    let _ = has_begun.recv();
    say("main: joins t1")?;
    let _ = go_on.send(());
    finish(t1)?;
    say("main: returns")
}

/// Main tells t1 to stop, wakes it, and waits for it: t1 ends in order, between two of its steps.
///
/// # Errors
/// Nobody reads what is written.
///
/// # Memory ordering
/// `Relaxed`: `unpark` and the `park` that it ends make the flag visible, and it says nothing of
/// any other memory.
pub fn stop_flag() -> io::Result<()> {
    static STOP: AtomicBool = AtomicBool::new(false);
    let (steps, has_made_a_step) = channel();
    let t1 = start("t1", move || {
        let _desk = Desk::set()?;
        while !STOP.load(Relaxed) {
            let _ = steps.send(());
            // Asleep, it would never look at the flag: so main wakes it. If it has done so already,
            // this returns at once.
            thread::park();
        }
        say("t1: has seen the flag")
    });
    let _ = has_made_a_step.recv();
    say("main: sets the flag")?;
    STOP.store(true, Relaxed);
    t1.thread().unpark();
    finish(t1)?;
    say("main: returns")
}

/// Is put away in the end: files to be flushed, a lock file to be removed, a transaction to be
/// rolled back.
struct Desk;

impl Desk {
    fn set() -> io::Result<Self> {
        say("t1: begins")?;
        Ok(Self)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // A destructor has nobody to tell.
        let _ = say("t1: puts its things away");
    }
}

fn say(line: &str) -> io::Result<()> {
    // Line by line, into a pipe too.
    writeln!(io::stdout(), "{line}")
}
