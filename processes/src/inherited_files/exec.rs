//! What a process keeps when it executes another program: the kernel replaces its memory, and all
//! that lived in it. The process is the same one: its PID, its parent, its open files.

use std::fs::{File, read_link, read_to_string};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use kit::child::{DEADLINE, Entry, program};
use kit::process_lane::PARENT;
use nix::libc::{SIGHUP, SIGUSR1};
use nix::sys::signal::Signal;
use nix::unistd::alarm;
use rustix::io::{FdFlags, fcntl_setfd};

use crate::messages::{argument, ask, print_json};
use crate::procfs;
use crate::signals::ignore;
use crate::start::bound_lifetime;

pub(super) const BEFORE: Entry = Entry { name: "before-exec", run: |_| before() };
pub(super) const AFTER: Entry = Entry {
    name: "after-exec",
    run: |arguments| {
        let (before, descriptors): (State, _) = argument(arguments)?;
        print_json(&before.into_iter().zip(state(descriptors)?).collect::<Vec<_>>())
    },
};

/// What a process has, and which: 0 stands for none.
type State = Vec<(String, u32)>;

static VALUE: AtomicBool = AtomicBool::new(false);

/// Starts a process that has one of each and executes another program; returns what it kept, and
/// what it lost.
pub fn exec(program: &Path) -> io::Result<[Vec<String>; 2]> {
    let _parent = PARENT.waits("the child's end", "child");
    let state: Vec<((String, u32), (String, u32))> = ask(program, &BEFORE, &())?;
    let had = state.into_iter().filter(|(before, _)| before.1 > 0);
    let (kept, gone): (Vec<_>, Vec<_>) = had.partition(|(before, after)| before == after);
    Ok([kept, gone].map(|state| state.into_iter().map(|(before, _)| before.0).collect()))
}

/// Returns this process's state; the descriptors are of a file without close-on-exec and of one
/// with it.
fn state([unmarked, marked]: [i32; 2]) -> io::Result<State> {
    let status = read_to_string("/proc/self/status")?;
    let has = |mask: &str, signal: i32| {
        let mask = status.lines().find_map(|line| line.strip_prefix(mask)).unwrap_or("0");
        u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask >> (signal - 1) & 1 == 1)
    };
    let is_open = |descriptor| read_link(format!("/proc/self/fd/{descriptor}")).is_ok();
    let this = procfs::process(std::process::id())?.ok_or(io::ErrorKind::NotFound)?;
    // A new alarm takes the place of the one that is set, if there is one.
    let alarm = alarm::set(DEADLINE.as_secs() as u32).is_some();
    let state = [
        ("PID", std::process::id()),
        ("parent", parent_id()),
        ("alarm", alarm.into()),
        ("ignored signal", has("SigIgn:", SIGHUP).into()),
        ("file without close-on-exec", is_open(unmarked).into()),
        ("file with close-on-exec", is_open(marked).into()),
        ("handler", has("SigCgt:", SIGUSR1).into()),
        ("memory", VALUE.load(Relaxed).into()),
        ("thread", this.threads - 1),
    ];
    Ok(state.map(|(name, value)| (name.to_owned(), value)).into())
}

fn before() -> io::Result<()> {
    bound_lifetime();
    VALUE.store(true, Relaxed);
    signal_hook::flag::register(SIGUSR1, Arc::new(AtomicBool::new(false)))?;
    // As `nohup` does. The programs of this workspace set most other signals back when they begin.
    ignore(Signal::SIGHUP)?;
    let program = program()?;
    let (unmarked, marked) = (File::open(&program)?, File::open(&program)?);
    fcntl_setfd(&unmarked, FdFlags::empty())?;
    thread::Builder::new().spawn(thread::park)?;
    let descriptors = [unmarked.as_raw_fd(), marked.as_raw_fd()];
    let before = serde_json::to_string(&(state(descriptors)?, descriptors))?;
    // It returns only if it fails.
    Err(AFTER.command(&program).arg(before).exec())
}
