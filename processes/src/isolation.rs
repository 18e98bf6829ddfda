//! What ends with a child that crashes, and what with a thread that panics or crashes.
//!
//! A panic ends its thread: the process goes on, with whatever the thread had left half done in the
//! memory that they share. A crash (an abort, a fault) ends the process with all its threads. A
//! child that crashes takes nothing with it: it shares nothing.

use std::io::{self, Write};
use std::path::Path;
use std::process::abort;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use kit::child::Entry;
use kit::process_lane::{Lane, PARENT};
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use serde::{Deserialize, Serialize};
use tracing::info_span;

use crate::exit::Exit;
use crate::messages::{argument, numbers, start};

/// The child of this lesson.
pub const CHILD: Entry = Entry { name: "crashing", run: child };

/// What ends a child in the middle of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Crash {
    /// A panic in main.
    Panic,
    /// A call of `abort`.
    Abort,
    /// SIGSEGV, as an access to memory that is not mapped raises it.
    Fault,
    /// A call of `abort` in one of its threads, beside two others.
    AbortInAThread,
}

/// Two balances before a transfer.
const BEFORE: (u32, u32) = (100, 0);

/// What is left after a crash in the middle of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterCrash {
    /// What the parent learns: a thread's panic message, or a child's exit status.
    pub learns: Result<String, Exit>,
    /// The balances in the memory of the thread or child that crashed: 100 and 0 before, and 100
    /// together after a whole transfer.
    pub theirs: (u32, u32),
    /// The balances in the parent's memory.
    pub balances: (u32, u32),
    /// Whether the lock around them is poisoned: a thread panicked while it held it.
    pub poisoned: bool,
}

/// Lets a thread panic in the middle of a transfer.
pub fn thread_panics() -> io::Result<AfterCrash> {
    let balances = Arc::new(Mutex::new(BEFORE));
    let shared = Arc::clone(&balances);
    let t1 = thread::Builder::new().name("t1".into()).spawn(move || {
        let _holds = info_span!("holds", what = "lock");
        let mut balances = shared.lock().unwrap_or_else(PoisonError::into_inner);
        half_a_transfer(&mut balances);
        panic!("in the middle of a transfer");
    })?;
    let waits = info_span!("waits", what = "t1's end", from = "t1");
    let joined = t1.join();
    drop(waits);
    let learns = match joined {
        Ok(()) => Err(Exit::SUCCESS),
        Err(panic) => Ok(panic.downcast_ref::<&str>().copied().unwrap_or_default().to_owned()),
    };
    let poisoned = balances.is_poisoned();
    let balances = *balances.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(AfterCrash { learns, theirs: balances, balances, poisoned })
}

fn half_a_transfer(balances: &mut (u32, u32)) {
    balances.0 -= 40;
}

/// Lets a child crash in the middle of a transfer.
pub fn child_crashes(program: &Path, crash: Crash) -> io::Result<AfterCrash> {
    let balances = Mutex::new(BEFORE);
    let (lines, exit) = run(program, crash)?;
    // The child has written what became of its copy; it cannot reach these balances.
    let [one, other] = numbers(&lines.join(" "))?;
    let poisoned = balances.is_poisoned();
    let balances = *balances.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(AfterCrash { learns: Err(exit), theirs: (one, other), balances, poisoned })
}

/// Lets a child crash; returns its lines, and its exit status.
pub fn run(program: &Path, crash: Crash) -> io::Result<(Vec<String>, Exit)> {
    let mut child = start(program, &CHILD, &crash)?;
    let _parent = PARENT.waits("the child's end", "child");
    let _child = Lane::of("child", child.id()).runs("works");
    child.close_stdin();
    let lines = child.stdout().recv_all()?;
    Ok((lines, child.wait()?.into()))
}

/// What the child does: half a transfer, and a crash.
fn child(arguments: &[String]) -> io::Result<()> {
    let crash = argument(arguments)?;
    // A crash leaves the process's memory in a file, where the system is set up like that.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    if crash != Crash::AbortInAThread {
        let mut balances = BEFORE;
        half_a_transfer(&mut balances);
        writeln!(io::stdout(), "{} {}", balances.0, balances.1)?;
    }
    match crash {
        Crash::Panic => panic!("in the middle of a transfer"),
        Crash::Abort => abort(),
        Crash::Fault => fault(),
        Crash::AbortInAThread => {
            writeln!(io::stdout(), "all work")?;
            thread::Builder::new().spawn(thread::park)?;
            // A join returns a thread's panic. This one never returns.
            let _ = thread::Builder::new().spawn(|| abort())?.join();
            writeln!(io::stdout(), "main goes on")
        }
    }
}

/// Ends the process by the signal of an access to memory that is not mapped, without such an
/// access, which would be undefined behaviour.
fn fault() -> io::Result<()> {
    // std's handler takes the first signal: it looks for a stack overflow, finds none, removes
    // itself and returns, for the access to be made again. The second signal ends the process.
    kill_process(getpid(), Signal::SEGV)?;
    Ok(kill_process(getpid(), Signal::SEGV)?)
}
