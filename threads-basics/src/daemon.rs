//! What becomes of a thread when main returns. Each function is the main of a child process, which
//! returns right after it.
//!
//! Its thread t1 owns a value with a destructor. A thread that must not get to its end waits for what
//! never comes; one that must is told to go on when main is at the place that the lesson is about.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;

use kit::child::{DEADLINE, Entry, stdout};

use kit::real::lane::{finish, start};

/// Runs `program` as a child whose main is `main`; returns the lines that it printed.
pub fn lines(program: &Path, main: Entry) -> io::Result<Vec<String>> {
    let printed = stdout(&mut main.command(program), DEADLINE)?;
    Ok(printed.lines().map(str::to_owned).collect())
}

/// Main returns while t1 is at work. A process ends when its main does: t1 is killed where it is, and
/// its destructors do not run.
pub const DETACHED: Entry = Entry { name: "detached", run: detached };

fn detached(_: &[String]) -> io::Result<()> {
    let (begun, has_begun) = channel();
    // The handle is dropped: no thread will ever join this one.
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

/// Main joins t1 before it returns.
pub const JOINED: Entry = Entry { name: "joined", run: joined };

fn joined(_: &[String]) -> io::Result<()> {
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

/// Main tells t1 to stop, unparks it, and joins it: t1 ends between two of its steps.
pub const STOP_FLAG: Entry = Entry { name: "stop-flag", run: stop_flag };

fn stop_flag(_: &[String]) -> io::Result<()> {
    // Relaxed: `unpark` happens before the return of the `park` that it ends, and so makes the flag
    // visible, which publishes no other memory.
    static STOP: AtomicBool = AtomicBool::new(false);
    let (steps, has_made_a_step) = channel();
    let t1 = start("t1", move || {
        let _desk = Desk::set()?;
        while !STOP.load(Relaxed) {
            let _ = steps.send(());
            // Parked, it would never look at the flag: so main unparks it. If it has done so already,
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

/// A value with a destructor that matters: files to be flushed, a lock file to be removed, a
/// transaction to be rolled back.
struct Desk;

impl Desk {
    fn set() -> io::Result<Self> {
        say("t1: begins")?;
        Ok(Self)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // A destructor cannot return an error.
        let _ = say("t1: puts its things away");
    }
}

fn say(line: &str) -> io::Result<()> {
    // Line by line, into a pipe too.
    writeln!(io::stdout(), "{line}")
}
