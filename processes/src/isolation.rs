//! What falls with a child that crashes, and what with a thread that panics or crashes.
//!
//! A thread's panic is caught at the end of the thread: the process goes on, with whatever the
//! thread had left half done in the memory that they share. A crash (an abort, a signal of the
//! processor's) is not a thread's but the process's: all of its threads end. A child that crashes
//! takes nothing with it: there is nothing that it shares.

use std::io::{self, Write};
use std::path::Path;
use std::process::abort;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use tracing::info_span;

use crate::child::{DEADLINE, Guarded, numbers};
use crate::spawn_and_wait::{Ended, lane};

/// Two balances, of which a transfer is half made.
const BEFORE: (u32, u32) = (100, 0);

/// Shows what is left after a fall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallen {
    /// What the one that started it learns: the panic's message, or how the process ended.
    pub learns: Result<String, Ended>,
    /// The balances of the one that fell, at last. They were 100 and 0: only a whole transfer
    /// leaves 100 in all.
    pub theirs: (u32, u32),
    /// The balances of the one that started it.
    pub balances: (u32, u32),
    /// Whether the lock around them says that somebody panicked while holding it.
    pub poisoned: bool,
}

/// Lets a thread panic in the middle of a transfer.
///
/// # Errors
/// The system has no room for another thread. (The thread's own panic ends at its join.)
pub fn thread_panics() -> io::Result<Fallen> {
    let balances = Arc::new(Mutex::new(BEFORE));
    let theirs = Arc::clone(&balances);
    let t1 = thread::Builder::new().name("t1".into()).spawn(move || {
        let _works = info_span!("holds", what = "lock");
        let mut balances = theirs.lock().unwrap_or_else(PoisonError::into_inner);
        half_a_transfer(&mut balances);
        panic!("in the middle of a transfer");
    });
    let waits = info_span!("waits", what = "t1's end", from = "t1");
    let end = t1?.join();
    drop(waits);
    let learns = match end {
        Ok(()) => Err(Ended::Exited(0)),
        Err(panic) => Ok(panic.downcast_ref::<&str>().copied().unwrap_or_default().to_owned()),
    };
    let poisoned = balances.is_poisoned();
    let balances = *balances.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Fallen { learns, theirs: balances, balances, poisoned })
}

fn half_a_transfer(balances: &mut (u32, u32)) {
    balances.0 -= 40;
}

/// Lets a child crash in the middle of a transfer: of `panic`, `abort` or `fault`.
///
/// # Errors
/// It cannot be started, or takes longer than its [deadline](crate::child::DEADLINE).
pub fn child_crashes(program: &Path, of: &str) -> io::Result<Fallen> {
    let balances = Mutex::new(BEFORE);
    let (said, ended) = run(program, of)?;
    // It has a copy, and says what became of it; it has no way to these.
    let [one, other] = numbers(&said.join(" "))?;
    let poisoned = balances.is_poisoned();
    Ok(Fallen {
        learns: Err(ended),
        theirs: (one, other),
        balances: *balances.lock().unwrap_or_else(PoisonError::into_inner),
        poisoned,
    })
}

/// Lets one thread of a child crash while two others are there: what they have said, and how the
/// child ended.
///
/// # Errors
/// As of [`child_crashes`].
pub fn thread_crashes(program: &Path) -> io::Result<(Vec<String>, Ended)> {
    run(program, "thread")
}

fn run(program: &Path, of: &str) -> io::Result<(Vec<String>, Ended)> {
    let mut child = Guarded::start(program, format_args!("fall:{of}"), DEADLINE)?;
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let _child = lane("child", || info_span!("runs", what = "works"));
    child.hang_up();
    let out = child.out().to_end()?;
    Ok((out, child.wait()?.into()))
}

/// What the child does: half a transfer, and a crash.
///
/// # Errors
/// It has not crashed.
///
/// # Panics
/// Where it was asked for.
pub fn child(of: &str) -> io::Result<()> {
    // A crash would leave its memory in a file, where the system is set up like that.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    if of != "thread" {
        let mut balances = BEFORE;
        half_a_transfer(&mut balances);
        writeln!(io::stdout(), "{} {}", balances.0, balances.1)?;
    }
    match of {
        "panic" => panic!("in the middle of a transfer"),
        "abort" => abort(),
        "fault" => fault()?,
        "thread" => {
            writeln!(io::stdout(), "all work")?;
            thread::Builder::new().spawn(thread::park)?;
            // A join hands over a panic. This one never comes back.
            let _ = thread::Builder::new().spawn(|| abort())?.join();
            writeln!(io::stdout(), "main goes on")?;
        }
        _ => {}
    }
    Err(io::ErrorKind::InvalidInput.into())
}

/// Ends as by an access to memory that is not there: by the signal that comes of one, without such
/// an access, which would be undefined.
fn fault() -> io::Result<()> {
    // The first finds std's handler, which looks whether a stack has overflowed; it has not, so the
    // handler takes itself away and returns, for the access to be made again. The second ends the
    // process.
    kill_process(getpid(), Signal::SEGV)?;
    Ok(kill_process(getpid(), Signal::SEGV)?)
}
