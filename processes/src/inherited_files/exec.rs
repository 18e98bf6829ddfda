//! What a process keeps when it executes another program: the kernel replaces its memory, and all
//! that lived in it. The process is the same one: its PID, its parent, its open files.

use std::fs::{File, read_link, read_to_string};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;

use kit::child::{DEADLINE, Entry, program};
use nix::libc::{SIGUSR1, SIGUSR2};
use nix::sys::signal::Signal;
use nix::unistd::alarm;
use rustix::io::{FdFlags, fcntl_setfd};
use serde::{Deserialize, Serialize};

use crate::lane::PARENT;
use crate::messages::{argument, ask, print_json};
use crate::procfs;
use crate::signals::ignore;
use crate::start::bound_lifetime;

pub(super) const BEFORE: Entry = Entry { name: "before-exec", run: |_| before() };

pub(super) const AFTER: Entry = Entry {
    name: "after-exec",
    run: |arguments| {
        let (before, descriptors): (ProcessState, _) = argument(arguments)?;
        print_json(&[before, state(descriptors)?])
    },
};

/// What a process has that an exec could take from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessState {
    /// Its PID.
    pub pid: u32,
    /// Its parent's PID.
    pub parent: u32,
    /// Whether an alarm is set.
    pub alarm: bool,
    /// Whether it ignores SIGUSR2.
    pub ignores: bool,
    /// Whether a file without close-on-exec is open.
    pub unmarked: bool,
    /// Whether a file with close-on-exec is open.
    pub marked: bool,
    /// Whether it has a handler of SIGUSR1.
    pub handles: bool,
    /// The value of a static variable, which is 0 at first.
    pub value: u32,
    /// The number of its threads.
    pub threads: u32,
}

static VALUE: AtomicU32 = AtomicU32::new(0);

/// Starts a process that executes another program; returns its state before and after.
pub fn exec(program: &Path) -> io::Result<[ProcessState; 2]> {
    let _parent = PARENT.waits("the child's end", "child");
    ask(program, &BEFORE, &())
}

/// Returns this process's state; the descriptors are of a file without close-on-exec and of one
/// with it.
fn state([unmarked, marked]: [i32; 2]) -> io::Result<ProcessState> {
    let status = read_to_string("/proc/self/status")?;
    let has = |mask: &str, signal: i32| {
        let mask = status.lines().find_map(|line| line.strip_prefix(mask));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    };
    let is_open = |descriptor| read_link(format!("/proc/self/fd/{descriptor}")).is_ok();
    let pid = std::process::id();
    Ok(ProcessState {
        pid,
        parent: parent_id(),
        // A new alarm takes the place of the one that is set, if there is one.
        alarm: alarm::set(DEADLINE.as_secs() as u32).is_some(),
        ignores: has("SigIgn:", SIGUSR2),
        unmarked: is_open(unmarked),
        marked: is_open(marked),
        handles: has("SigCgt:", SIGUSR1),
        value: VALUE.load(Relaxed),
        threads: procfs::process(pid)?.ok_or(io::ErrorKind::NotFound)?.threads,
    })
}

fn before() -> io::Result<()> {
    bound_lifetime();
    VALUE.store(7, Relaxed);
    signal_hook::flag::register(SIGUSR1, Arc::new(AtomicBool::new(false)))?;
    ignore(Signal::SIGUSR2)?;
    let program = program()?;
    let (unmarked, marked) = (File::open(&program)?, File::open(&program)?);
    fcntl_setfd(&unmarked, FdFlags::empty())?;
    thread::Builder::new().spawn(|| {
        loop {
            thread::park();
        }
    })?;
    let descriptors = [unmarked.as_raw_fd(), marked.as_raw_fd()];
    let before = serde_json::to_string(&(state(descriptors)?, descriptors))?;
    // It returns only if it fails.
    Err(AFTER.command(&program).arg(before).exec())
}
