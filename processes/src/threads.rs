//! Ten threads in a child, counted by the child itself, and by its parent from outside.
//!
//! The kernel counts what runs: main is among the threads, and so are those that a library has
//! started. A runtime's own list (Python's `threading.active_count`) has only its own.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use kit::child::{ChildGuard, DEADLINE, Entry};
use kit::process_lane::{Lane, PARENT};

use crate::procfs;

/// The child of this lesson.
pub const CHILD: Entry = Entry { name: "ten-threads", run: child };

/// The number of threads that the child starts.
pub const TEN: u32 = 10;

/// The counts of a child's threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadCounts {
    /// The child's own count while its ten threads ran.
    pub inside: u32,
    /// Its parent's count at the same time.
    pub outside: u32,
    /// The threads' names, as the parent sees them; main's is first.
    pub names: Vec<String>,
    /// The child's own count after it had joined the ten.
    pub joined: u32,
}

/// Starts a child with ten threads, and counts them (Linux).
pub fn counted(program: &Path) -> io::Result<ThreadCounts> {
    let mut child = CHILD.start(program, &[])?;
    let (out, pid) = (child.stdout(), child.id());
    let count =
        |child: &mut ChildGuard| child.recv_line(&out)?.parse::<u32>().map_err(io::Error::other);
    let starts = Lane::of("child", pid).runs("starts ten");
    let inside = count(&mut child)?;
    drop(starts);
    let waits = Lane::of("child", pid).waits("its input", "parent");
    let counts = PARENT.runs("counts");
    let outside = procfs::process(pid)?.ok_or(io::ErrorKind::NotFound)?.threads;
    let names = procfs::threads(pid)?;
    drop((waits, counts));
    let _joins = Lane::of("child", pid).runs("joins ten");
    child.close_stdin();
    let joined = count(&mut child)?;
    child.wait()?;
    Ok(ThreadCounts { inside, outside, names, joined })
}

/// What the child does: starts ten threads, counts, joins them at the end of its input, and counts
/// again.
fn child(_: &[String]) -> io::Result<()> {
    let count = || {
        let this = procfs::process(std::process::id())?.ok_or(io::ErrorKind::NotFound)?;
        Ok::<_, io::Error>(this.threads)
    };
    // The threads meet twice: when all have begun, to be counted, and to end.
    let barrier = Arc::new(Barrier::new(TEN as usize + 1));
    let start = |number| {
        let barrier = Arc::clone(&barrier);
        thread::Builder::new().name(format!("t{number}")).spawn(move || {
            barrier.wait();
            barrier.wait();
        })
    };
    let threads = (1..=TEN).map(start).collect::<io::Result<Vec<_>>>()?;
    barrier.wait();
    writeln!(io::stdout(), "{}", count()?)?;
    io::stdin().read_to_end(&mut Vec::new())?;
    barrier.wait();
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("a thread has panicked"))?;
    }
    // A join returns when the thread has finished with its memory; the kernel may count the thread
    // for a moment longer.
    let until = Instant::now() + DEADLINE / 4;
    while count()? > 1 && Instant::now() < until {
        thread::yield_now();
    }
    writeln!(io::stdout(), "{}", count()?)
}
