//! Ten threads in a child, counted: by the child itself, and by its parent, which sees them from
//! outside.
//!
//! The kernel counts what runs, not what a program believes to have started: main is among them, so
//! are threads that a library has started. A runtime's own list (Python's `threading.active_count`)
//! knows only its own.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::child::{DEADLINE, Guarded};
use crate::proc;
use crate::spawn_and_wait::lane;

/// How many threads the child starts.
pub const TEN: u32 = 10;

/// Shows how many threads were counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// By the child, of itself, while its ten ran.
    pub inside: u32,
    /// By its parent, of the child, at the same time.
    pub outside: u32,
    /// Their names, as the parent sees them; main's is first.
    pub names: Vec<String>,
    /// By the child, once it had joined them.
    pub joined: u32,
}

/// Starts a child with ten threads, and counts them (Linux).
///
/// # Errors
/// It cannot be started, or looked at, or takes longer than its [deadline](crate::child::DEADLINE).
pub fn counted(program: &Path) -> io::Result<Counted> {
    let mut child = Guarded::start(program, "ten-threads", DEADLINE)?;
    let out = child.out();
    let number = |child: &mut Guarded| {
        let line = child.said(&out)?;
        line.parse().map_err(|_| io::Error::other(format!("the child said {line:?}")))
    };
    let starts = lane("child", || info_span!("runs", what = "starts ten"));
    let inside = number(&mut child)?;
    drop(starts);
    let waits = lane("child", || info_span!("waits", what = "its input", from = "parent"));
    let looks = lane("parent", || info_span!("runs", what = "counts"));
    let outside = proc::look(child.id())?.ok_or(io::ErrorKind::NotFound)?.threads;
    let names = proc::threads(child.id())?;
    drop((waits, looks));
    let joins = lane("child", || info_span!("runs", what = "joins ten"));
    child.hang_up();
    let joined = number(&mut child)?;
    drop(joins);
    child.wait()?;
    Ok(Counted { inside, outside, names, joined })
}

/// What the child does: starts ten threads, counts, joins them at the end of its input, counts
/// again.
///
/// # Errors
/// The system has no room for ten threads, does not count them, or nobody reads what is written.
pub fn child(_: &str) -> io::Result<()> {
    let count = || {
        Ok::<_, io::Error>(proc::look(std::process::id())?.ok_or(io::ErrorKind::NotFound)?.threads)
    };
    // Once to begin together, so that all are there to be counted, and once to end.
    let meet = Arc::new(Barrier::new(TEN as usize + 1));
    let start = |number| {
        let meet = Arc::clone(&meet);
        thread::Builder::new().name(format!("t{number}")).spawn(move || {
            meet.wait();
            meet.wait();
        })
    };
    let threads = (1..=TEN).map(start).collect::<io::Result<Vec<_>>>()?;
    meet.wait();
    writeln!(io::stdout(), "{}", count()?)?;
    io::stdin().read_to_end(&mut Vec::new())?;
    meet.wait();
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("a thread has panicked"))?;
    }
    // A thread has been joined when it is done with its memory; the kernel may count it for a
    // moment longer.
    let until = Instant::now() + Duration::from_secs(10);
    while count()? > 1 && Instant::now() < until {
        thread::yield_now();
    }
    writeln!(io::stdout(), "{}", count()?)
}
