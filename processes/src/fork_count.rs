//! Some forks in a row: how many processes there are, and how many lines they write.
//!
//! Every process that there is goes on to the next fork, so each fork doubles their number: `n`
//! forks make 2ⁿ processes. After each fork every process writes a line, 2 + 4 + … in all. The line
//! is written into a buffer in the process's memory, and a fork copies the memory: what has not
//! been flushed is in both processes, and both write it at their ends. C's `printf` into a pipe or
//! a file, Python's `print`, and here a [`BufWriter`] have such a buffer.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufWriter, Write};
use std::os::unix::process::parent_id;
use std::path::Path;

use kit::child::Entry;
use kit::process_lane::Lane;
use serde::{Deserialize, Serialize};

use crate::messages::{argument, numbers, start, wait_for_success};
use crate::start::{Forked, bound_lifetime, exit_at_once, fork_alone};

/// The first process of this lesson.
pub const CHILD: Entry = Entry { name: "forks-in-a-row", run: first };

/// What is done so that no line is written twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fix {
    /// Nothing: what is in the buffer at a fork is in both processes afterwards.
    Nothing,
    /// Each process flushes its buffer before it forks.
    FlushFirst,
    /// A child writes by a system call, and ends by `_exit`, which flushes nothing.
    ExitAtOnce,
    /// A child leaves the loop at once, and ends by `_exit`: one process alone forks.
    LeaveTheLoop,
}

/// Starts a process that forks `forks` times, as do its children from where they begin. Returns the
/// number of processes of each generation (one, its children, its grandchildren, …), of the lines that
/// were written, and of those that arrived.
pub fn count(program: &Path, forks: u8, fix: Fix) -> io::Result<(Vec<usize>, usize, usize)> {
    let mut first = start(program, &CHILD, &(forks, fix))?;
    let (out, births) = (first.stdout(), first.stderr());
    let lanes = ["generation 1", "generation 2", "generation 3", "generation 4+"];
    let (mut generation, mut spans) = (HashMap::new(), Vec::new());
    // Each process writes its PIDs, unbuffered, before it forks; the pipe ends with the last of them.
    while let Some(line) = births.recv_line()? {
        let [pid, parent]: [u32; 2] = numbers(&line)?;
        let older = generation.get(&parent).map_or(0, |parent| parent + 1);
        generation.insert(pid, older);
        spans.push(Lane::of(lanes[older.min(3)], pid).runs("forks"));
    }
    drop(spans);
    let lines = out.recv_all()?;
    wait_for_success(&mut first)?;
    let mut generations = vec![0; generation.values().max().map_or(0, |oldest| oldest + 1)];
    generation.values().for_each(|&older| generations[older] += 1);
    let written = lines.iter().collect::<HashSet<_>>().len();
    Ok((generations, written, lines.len()))
}

fn report_birth() -> io::Result<()> {
    io::stderr().write_all(format!("{} {}\n", std::process::id(), parent_id()).as_bytes())
}

/// What the first process does, and each of the others from its fork on.
fn first(arguments: &[String]) -> io::Result<()> {
    bound_lifetime();
    report_birth()?;
    let (forks, fix): (u8, Fix) = argument(arguments)?;
    let (mut children, mut is_child) = (Vec::new(), false);
    let mut out = BufWriter::new(io::stdout());
    for number in 1..=forks {
        if fix == Fix::FlushFirst {
            out.flush()?;
        }
        if let Some(child) = fork_alone()? {
            children.push(Forked::new(child));
        } else {
            bound_lifetime();
            report_birth()?;
            // They are its siblings: it cannot wait for them.
            children.clear();
            is_child = true;
        }
        let line = format!("{} after fork {number}\n", std::process::id());
        if is_child && matches!(fix, Fix::ExitAtOnce | Fix::LeaveTheLoop) {
            rustix::io::write(rustix::stdio::stdout(), line.as_bytes())?;
        } else {
            out.write_all(line.as_bytes())?;
        }
        if is_child && fix == Fix::LeaveTheLoop {
            break;
        }
    }
    for child in children {
        child.wait()?;
    }
    if is_child && matches!(fix, Fix::ExitAtOnce | Fix::LeaveTheLoop) {
        // The copy of the buffer is never flushed.
        exit_at_once(0);
    }
    out.flush()
}
