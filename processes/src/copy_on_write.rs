//! A fork copies no memory: parent and child share each page until one of them writes to it. Then
//! the kernel copies that page.
//!
//! A parent with one thread (this program once more) fills 64 MiB, forks, and asks the kernel for
//! both processes' memory (`/proc/PID/smaps_rollup`), before and after one of them has written one
//! byte to each page of the first half.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tracing::info_span;

use crate::spawn_and_wait::{Ended, lane};
use crate::start::{forked, say, told};

/// How much memory the parent fills, in MiB.
pub const MIB: usize = 64;

/// A write to each of these reaches each page: 4 KiB is the smallest page there is.
const PAGE: usize = 4096;

/// Who writes to the first half, after the fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Writes {
    /// Nobody: the child reads all of it.
    Nobody,
    /// The child.
    Child,
    /// The parent.
    Parent,
}

/// Says what the kernel counts as a process's memory, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// All pages that it has: what `top` calls RES.
    pub rss: usize,
    /// The same, but of a page that n processes have, an n-th: this can be added up.
    pub pss: usize,
    /// Pages that were written to, and that another process has as well.
    pub shared: usize,
    /// Pages that were written to, and that it has alone.
    pub private: usize,
}

/// Shows what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The memory of parent and child after the fork.
    pub before: [Memory; 2],
    /// The same once the one had written, or the child had read.
    pub after: [Memory; 2],
    /// The first byte, as parent and child see it afterwards. It was 1; who writes, writes 2.
    pub byte: [u8; 2],
    /// How many bytes were written.
    pub written: usize,
    /// How long the writing took: the first time, and once more, when the pages were copied.
    pub took: [Duration; 2],
}

/// Lets one of them write; `program` has to be this topic's binary.
///
/// # Errors
/// It cannot be started, cannot fork, or, [`Unsupported`](io::ErrorKind::Unsupported), the system
/// does not show a process's memory.
pub fn run(program: &Path, writes: Writes) -> io::Result<Shown> {
    if !Path::new("/proc/self/smaps_rollup").exists() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "no /proc/PID/smaps_rollup here"));
    }
    let _parent = lane("parent", || info_span!("holds", what = format!("{MIB} MiB")));
    let _child = lane("child", || info_span!("holds", what = "the same, not copied"));
    told(program, "memory", &writes)
}

/// What the parent does, whom the argument tells who writes.
pub(crate) fn parent(argument: &str) -> io::Result<()> {
    say(&forked_and_looked_at(serde_json::from_str(argument)?)?)
}

fn forked_and_looked_at(writes: Writes) -> io::Result<Shown> {
    let mut block = vec![1; MIB << 20];
    let (mut orders, orderer) = io::pipe()?;
    let (answers, mut answerer) = io::pipe()?;
    let theirs = block.as_mut_slice();
    // A parent and its forked child both have both ends. Each closes what is the other's: a pipe
    // ends with its last writer.
    let mut parents = Some((orderer, answers));
    let child = forked(|| {
        drop(parents.take());
        // The first byte says that it runs, and comes before it has touched anything of the block.
        answerer.write_all(&[0])?;
        orders.read_exact(&mut [0])?;
        let took = act(writes == Writes::Child, theirs);
        answerer.write_all(&took.map(|time| (time.as_nanos() as u64).to_ne_bytes()).concat())?;
        answerer.write_all(&theirs[..1])?;
        // It stays until it has been looked at.
        orders.read_exact(&mut [0])?;
        Ok(0)
    })?;
    drop((orders, answerer));
    let (mut orderer, mut answers) = parents.take().ok_or(io::ErrorKind::BrokenPipe)?;
    answers.read_exact(&mut [0])?;
    let id = child.id();
    let both = || Ok::<_, io::Error>([memory(std::process::id())?, memory(id)?]);
    let before = both()?;
    let mut took =
        if writes == Writes::Parent { act(true, &mut block) } else { <[Duration; 2]>::default() };
    orderer.write_all(&[0])?;
    let mut answer = [0; 17];
    answers.read_exact(&mut answer)?;
    if writes == Writes::Child {
        let ns = |at: usize| {
            answer[at..at + 8].iter().rev().fold(0_u64, |ns, byte| ns << 8 | u64::from(*byte))
        };
        took = [ns(0), ns(8)].map(Duration::from_nanos);
    }
    let after = both()?;
    orderer.write_all(&[0])?;
    if child.wait()? != Ended::Exited(0) {
        return Err(io::Error::other("the child did not end well"));
    }
    let written = if writes == Writes::Nobody { 0 } else { (MIB << 20) / 2 / PAGE };
    Ok(Shown { before, after, byte: [block[0], answer[16]], written, took })
}

/// Reads all of the block, then writes to the first half of it, if asked, twice.
fn act(write: bool, block: &mut [u8]) -> [Duration; 2] {
    let sum: u64 = block.iter().step_by(PAGE).map(|byte| u64::from(*byte)).sum();
    std::hint::black_box(sum);
    let half = block.len() / 2;
    [(); 2].map(|()| {
        let began = Instant::now();
        if write {
            for byte in block[..half].iter_mut().step_by(PAGE) {
                *std::hint::black_box(byte) = 2;
            }
        }
        began.elapsed()
    })
}

/// Asks the kernel for a process's memory.
fn memory(process: u32) -> io::Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let kib = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        number.ok_or_else(|| io::Error::other(format!("no {name} in smaps_rollup")))
    };
    Ok(Memory {
        rss: kib("Rss")?,
        pss: kib("Pss")?,
        shared: kib("Shared_Dirty")?,
        private: kib("Private_Dirty")?,
    })
}
