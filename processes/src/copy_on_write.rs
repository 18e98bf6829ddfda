//! A fork copies no memory: parent and child share each page until one of them writes to it. Then
//! the kernel copies that page.
//!
//! A parent with one thread (this program once more) fills 64 MiB, forks, and reads both processes'
//! memory from `/proc/PID/smaps_rollup`, before and after one of them has written one byte to each
//! page of the first half.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::Entry;
use kit::process_lane::PARENT;
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::messages::{argument, ask, print_json};
use crate::start::{bound_lifetime, forked};

/// The parent of this lesson, which forks.
pub const CHILD: Entry = Entry {
    name: "copy-on-write",
    run: |arguments| {
        bound_lifetime();
        print_json(&fork_and_write(argument(arguments)?)?)
    },
};

/// The memory that the parent fills, in MiB.
pub const MIB: usize = 64;

/// No page is smaller than 4 KiB: a write to each of these bytes reaches each page.
pub const PAGE: usize = 4096;

/// The process that writes to the first half after the fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Writer {
    /// None: the child reads all of it.
    Nobody,
    /// The child.
    Child,
    /// The parent.
    Parent,
}

/// The memory of a process, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// All its pages (resident set size): what `top` calls RES.
    pub rss: usize,
    /// The same, but a page of `n` processes counts as an `n`-th (proportional set size): these can
    /// be added up.
    pub pss: usize,
    /// Pages that were written to, and that another process maps as well.
    pub shared: usize,
    /// Pages that were written to, and that it alone maps.
    pub private: usize,
}

/// The memory of a parent and its forked child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyOnWrite {
    /// The memory of both after the fork.
    pub before: [Memory; 2],
    /// The same after one had written, or the child had read.
    pub after: [Memory; 2],
    /// The first byte, as parent and child see it in the end. It was 1; the writer writes 2.
    pub byte: [u8; 2],
    /// How long the write took, and how long a second one, when the pages had been copied.
    pub took: [Duration; 2],
}

/// Forks, and lets one of the two write; `program` has to be this topic's binary.
pub fn run(program: &Path, writer: Writer) -> io::Result<CopyOnWrite> {
    if !Path::new("/proc/self/smaps_rollup").exists() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "no /proc/PID/smaps_rollup here"));
    }
    let _parent = PARENT.holds(&format!("{MIB} MiB, not copied"));
    ask(program, &CHILD, &writer)
}

fn fork_and_write(writer: Writer) -> io::Result<CopyOnWrite> {
    let mut block = vec![1; MIB << 20];
    let (mut orders, to_child) = io::pipe()?;
    let (from_child, mut answers) = io::pipe()?;
    let theirs = block.as_mut_slice();
    // A fork copies both ends of both pipes. Each process closes those of the other one: a pipe
    // ends when every copy of its writing end is closed.
    let mut parents = Some((to_child, from_child));
    let child = forked(|| {
        drop(parents.take());
        // The first byte says that the child runs; it has not touched the block yet.
        answers.write_all(&[0])?;
        orders.read_exact(&mut [0])?;
        let took = read_and_write(writer == Writer::Child, theirs);
        serde_json::to_writer(&answers, &(took, theirs[0]))?;
        // The child stays until its memory has been read.
        orders.read_exact(&mut [0])?;
        Ok(0)
    })?;
    drop((orders, answers));
    let (mut to_child, mut from_child) = parents.take().ok_or(io::ErrorKind::BrokenPipe)?;
    from_child.read_exact(&mut [0])?;
    let id = child.id();
    let both = || Ok::<_, io::Error>([memory(std::process::id())?, memory(id)?]);
    let before = both()?;
    let mut took = [Duration::ZERO; 2];
    if writer == Writer::Parent {
        took = read_and_write(true, &mut block);
    }
    to_child.write_all(&[0])?;
    // One value is read, not to the end: the child stays.
    let mut answer = serde_json::Deserializer::from_reader(from_child);
    let (child_took, child_byte) = <([Duration; 2], u8)>::deserialize(&mut answer)?;
    if writer == Writer::Child {
        took = child_took;
    }
    let byte = [block[0], child_byte];
    let after = both()?;
    to_child.write_all(&[0])?;
    if child.wait()? != Exit::SUCCESS {
        return Err(io::Error::other("the child has failed"));
    }
    Ok(CopyOnWrite { before, after, byte, took })
}

/// Reads the whole block, then writes twice to the first half of it, if asked.
fn read_and_write(write: bool, block: &mut [u8]) -> [Duration; 2] {
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

/// Reads a process's memory from the kernel.
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
