//! Three ways in which a forked child ends, and what each does a second time.
#![expect(unsafe_code, reason = "a function is registered for the end of the process")]

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::exit;

use kit::child::Entry;
use kit::process_lane::Lane;
use serde::{Deserialize, Serialize};

use super::fork::{Forked, bound_lifetime, exit_at_once, fork_alone};
use crate::messages::{argument, start, wait_for_success};

pub(super) const LEAVE: Entry = Entry { name: "leave", run: leave };

/// How a forked child ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaves {
    /// It returns to where its parent goes on.
    ByReturn,
    /// It calls `exit`.
    ByExit,
    /// It calls `_exit`.
    AtOnce,
}

/// Counts how often two lines arrive that a parent has once, one in a buffer and one that it has
/// registered for its end (`atexit`), if a forked child ends like this.
pub fn lines_written(program: &Path, child: Leaves) -> io::Result<[usize; 2]> {
    let mut parent = start(program, &LEAVE, &child)?;
    let _parent = Lane::of("parent", parent.id()).runs("writes, forks, flushes");
    let lines = parent.stdout().recv_all()?;
    wait_for_success(&mut parent)?;
    Ok(["buffered", "registered"].map(|wanted| lines.iter().filter(|line| *line == wanted).count()))
}

/// What the parent does: writes a line into a buffer, registers another one, forks, and flushes.
fn leave(arguments: &[String]) -> io::Result<()> {
    bound_lifetime();
    let leaves = argument(arguments)?;
    let mut out = BufWriter::new(io::stdout());
    writeln!(out, "buffered")?;
    // SAFETY: `atexit` asks for a function that may be called at the end of the process, and does
    // not unwind: this one is a system call whose error is dropped.
    if unsafe { nix::libc::atexit(at_the_end) } != 0 {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    match (fork_alone()?, leaves) {
        (Some(child), _) => Forked::new(child).wait().map(drop)?,
        (None, Leaves::ByReturn) => bound_lifetime(),
        (None, Leaves::ByExit) => exit(0),
        (None, Leaves::AtOnce) => exit_at_once(0),
    }
    out.flush()
}

extern "C" fn at_the_end() {
    // At the end of the process, an error cannot be reported any more.
    let _ = rustix::io::write(rustix::stdio::stdout(), b"registered\n");
}
