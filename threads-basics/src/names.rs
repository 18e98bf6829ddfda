//! A thread's name, in Rust and in the kernel, and the size of its stack.
//!
//! Rust's name is the program's own, of any length; a panic's message has it. The kernel's name
//! (comm) is what a debugger, `top -H` or `/proc` shows: on Linux the first 15 bytes (63 on macOS). A
//! thread without a name inherits its parent's in the kernel.

use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::io;
use std::thread::{self, Builder, JoinHandle};

use kit::child::Entry;
use kit::sync_point::SyncPoint;
use rustix::process::{Resource, Rlimit, setrlimit};
use tracing::info_span;

use crate::procfs::Task;
use kit::real::lane::finish;

/// A thread, as Rust and the kernel know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Rust's name for it.
    pub name: Option<String>,
    /// The kernel's name for it; where there is a `/proc`.
    pub in_dump: Option<String>,
}

/// Returns the kernel's names for this process's threads, by their TIDs, from `/proc`; `None` where
/// there is none.
fn dump() -> Option<HashMap<u32, String>> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let threads = threads.filter_map(|entry| {
        let entry = entry.ok()?;
        // A thread that has ended in between is gone.
        let name = fs::read(entry.path().join("comm")).ok()?;
        let tid = entry.file_name().to_str()?.parse().ok()?;
        // The kernel counts bytes: a letter that it cut in the middle is no UTF-8.
        Some((tid, String::from_utf8_lossy(name.trim_ascii_end()).into_owned()))
    });
    Some(threads.collect())
}

/// Spawns a thread for each of the names, takes a dump while all of them are alive, and returns what
/// is known of each.
pub fn spawn_named(names: &[Option<String>]) -> Vec<Known> {
    let all_are_there = SyncPoint::of(names.len() + 1).in_rounds();
    let threads: Vec<JoinHandle<_>> = names
        .iter()
        .map(|name| {
            let builder =
                name.iter().fold(Builder::new(), |builder, name| builder.name(name.clone()));
            let all_are_there = all_are_there.clone();
            let body = move || {
                let _idles = info_span!("idles", what = "to be counted");
                all_are_there.meet();
                // The dump is taken.
                all_are_there.meet();
                (thread::current().name().map(str::to_owned), Task::me().tid())
            };
            builder.spawn(body).expect("the system has room for another thread")
        })
        .collect();
    all_are_there.meet();
    let dump = dump();
    all_are_there.meet();
    let known = |(name, tid): (_, Option<u32>)| Known {
        name,
        in_dump: dump.as_ref().and_then(|dump| dump.get(&tid?).cloned()),
    };
    threads.into_iter().map(finish).map(known).collect()
}

/// Uses at least `wanted` bytes of the stack of a thread that has `size`; returns how many it used.
/// std's default is 2 MiB; pages that a thread does not touch cost addresses and no memory.
pub fn on_a_stack_of(size: usize, wanted: usize) -> usize {
    let thread = Builder::new().name("deep".into()).stack_size(size);
    let body = move || {
        let _runs = info_span!("runs", what = "down the stack");
        let top = 0_u8;
        descend((&raw const *black_box(&top)).addr(), wanted)
    };
    finish(thread.spawn(body).expect("the system has room for another thread"))
}

/// Overflows a stack of 64 KiB, which kills the process, and leaves no core file behind.
pub const OVERFLOW: Entry = Entry { name: "overflow", run: overflow };

fn overflow(_: &[String]) -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    on_a_stack_of(64 * 1024, usize::MAX);
    Ok(())
}

/// Recurses by a KiB or so of stack at a time, until `wanted` bytes lie between the frame `top` and
/// this one.
fn descend(top: usize, wanted: usize) -> usize {
    let frame = [0_u8; 1024];
    let used = top.abs_diff((&raw const *black_box(&frame)).addr());
    // The frame is looked at afterwards, so the call is not the last thing done, and no loop can
    // take its place.
    if used >= wanted { used } else { descend(top, wanted) + usize::from(black_box(&frame)[0]) }
}
