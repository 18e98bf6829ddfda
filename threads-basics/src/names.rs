//! What a thread is called, by Rust and by the kernel, and how large its stack is.
//!
//! Rust's name is the program's own affair, of any length; a panic's message has it. The kernel's
//! is what a debugger, `top -H` or `/proc` shows, and on Linux it has 15 bytes: std hands it the
//! first 15 of the name. A thread without a name is called by the kernel as the thread is that
//! started it.
//!
//! Elsewhere the lengths differ (63 bytes on macOS), and there is no `/proc` to read them from: the
//! dump is `None` there.

use std::fs;
use std::hint::black_box;
use std::io;
use std::thread::{self, Builder, JoinHandle, ThreadId};

use rustix::process::{Resource, Rlimit, setrlimit};
use tracing::info_span;

use crate::Meeting;
use crate::real::lane::finish;

/// The bytes of a name that the Linux kernel keeps.
pub const KERNELS_LIMIT: usize = 15;

/// What is known of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What Rust calls it.
    pub name: Option<String>,
    /// Rust's number for it: never used twice in this process.
    pub id: ThreadId,
    /// The kernel's number for it, used again when it has ended; where there is a `/proc`.
    pub tid: Option<u32>,
    /// What the kernel calls it; where there is a `/proc`.
    pub in_dump: Option<String>,
}

/// A thread, as the kernel shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dumped {
    /// The kernel's number for it.
    pub tid: u32,
    /// What the kernel calls it.
    pub name: String,
}

/// Lists this process's threads, as anyone may who can read `/proc`; `None` where there is none.
pub fn dump() -> Option<Vec<Dumped>> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let threads = threads.filter_map(|entry| {
        let entry = entry.ok()?;
        // A thread that has ended in between is none any more.
        let name = fs::read(entry.path().join("comm")).ok()?;
        let tid = entry.file_name().to_str()?.parse().ok()?;
        // The kernel counts bytes: what it cut in the middle of a letter is no text.
        Some(Dumped { tid, name: String::from_utf8_lossy(name.trim_ascii_end()).into_owned() })
    });
    Some(threads.collect())
}

/// Starts a thread for each of the names, takes a dump while all of them are there, and returns
/// what is known of each.
///
/// # Panics
/// If the system has no room for another thread.
pub fn call_the_roll(names: &[Option<String>]) -> Vec<Known> {
    let all_are_there = Meeting::of(names.len() + 1);
    let threads: Vec<JoinHandle<_>> = names
        .iter()
        .map(|name| {
            let builder =
                name.iter().fold(Builder::new(), |builder, name| builder.name(name.clone()));
            let all_are_there = all_are_there.clone();
            let body = move || {
                let me = thread::current();
                let _idles = info_span!("idles", what = "to be counted");
                all_are_there.meet();
                // The dump is taken.
                all_are_there.meet();
                (me.name().map(str::to_owned), me.id(), own_tid())
            };
            builder.spawn(body).expect("the system has room for another thread")
        })
        .collect();
    all_are_there.meet();
    let dump = dump();
    all_are_there.meet();
    let in_dump = |tid| dump.as_ref()?.iter().find(|thread| Some(thread.tid) == tid);
    threads
        .into_iter()
        .map(finish)
        .map(|(name, id, tid)| Known {
            name,
            id,
            tid,
            in_dump: in_dump(tid).map(|thread| thread.name.clone()),
        })
        .collect()
}

/// Asks for the kernel's number of the thread that asks.
fn own_tid() -> Option<u32> {
    fs::read_link("/proc/thread-self").ok()?.file_name()?.to_str()?.parse().ok()
}

/// Needs `wanted` bytes of the stack of a thread that has `size`, and returns how many it took.
///
/// std gives a thread 2 MiB unless told otherwise (by `stack_size`, or by `RUST_MIN_STACK`); what
/// it does not touch costs addresses and no memory. The main thread's stack is the system's affair,
/// 8 MiB as a rule.
///
/// # Panics
/// If the system has no room for a thread with such a stack.
pub fn on_a_stack_of(size: usize, wanted: usize) -> usize {
    let thread = Builder::new().name("deep".into()).stack_size(size);
    let body = move || {
        let _runs = info_span!("runs", what = "down the stack");
        let top = 0_u8;
        descend((&raw const *black_box(&top)).addr(), wanted)
    };
    finish(thread.spawn(body).expect("the system has room for another thread"))
}

/// Overflows a stack of 64 KiB, which ends this process, and leaves no core file behind.
///
/// # Errors
/// Core files cannot be switched off.
pub fn overflow() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    on_a_stack_of(64 * 1024, usize::MAX);
    Ok(())
}

/// Goes down the stack a KiB or so at a time, until `wanted` bytes lie between the frame `top` and
/// this one.
fn descend(top: usize, wanted: usize) -> usize {
    let frame = [0_u8; 1024];
    let used = top.abs_diff((&raw const *black_box(&frame)).addr());
    // The frame is looked at afterwards, so the call is not the last thing done, and no loop can
    // take its place.
    if used >= wanted { used } else { descend(top, wanted) + usize::from(black_box(&frame)[0]) }
}
