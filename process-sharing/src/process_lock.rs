//! A thousand processes add 1 to one counter, with a lock and without.
//!
//! To start a program a thousand times would take seconds. So ten children are started, and each
//! forks a hundred more.
#![expect(unsafe_code, reason = "a process is forked")]

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kit::child::Entry;
use rustix::io::retry_on_intr;
use rustix::process::{WaitOptions, wait};

use crate::child::TalkingChild;
use crate::counter::{Counter, fetch_added, locked, unlocked};
use crate::parent::{inherited, words};
use crate::shared_memory::{MapMode, PthreadMutex, Share, Shared};

/// How many children are started.
pub const CHILDREN: u32 = 10;
/// How many processes each of them forks.
pub const FORKED: u32 = 100;

/// What the processes share: the counter, and a pthread mutex with the number under it.
type Memory = (Counter, (PthreadMutex, AtomicU64));

// SAFETY: 0 is a value of each of its parts, which are atomics, words and a lock that knows processes.
// None holds an address or needs a drop, several processes may reach each by `&`, and each change is
// one instruction, so that a kill leaves a value.
unsafe impl Share for Counter {}

/// Lets a thousand processes add 1, and returns the number that comes out. They do it `unlocked`,
/// `locked` or `fetch-added`, as [`counter`](crate::counter) says, or under a `pthread` mutex.
pub fn run(program: &Path, how: &str) -> io::Result<u64> {
    let memory = Shared::<Memory>::new()?;
    let (counter, (pthread, number)) = &*memory;
    match how {
        "unlocked" => counter.widen(),
        "pthread" => pthread.make(true)?,
        _ => {}
    }
    let mut children = Vec::new();
    for child in 1..=CHILDREN {
        let lane = format!("child {child}");
        let child = TalkingChild::start(program, &CHILD, lane, &[&memory], &[how])?;
        children.push((child.lane().runs("forks, adds"), child));
    }
    for (adds, child) in children {
        child.succeeds()?;
        drop(adds);
    }
    Ok(if how == "pthread" { number.load(Relaxed) } else { counter.number() })
}

/// The child: forks a hundred processes, each of which adds 1, and waits for their exits.
pub const CHILD: Entry = Entry { name: "process-lock", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [memory, how] = words(arguments)?;
    let memory = Shared::<Memory>::open(inherited(memory)?, MapMode::Shared)?;
    let parent = std::process::id();
    for _ in 0..FORKED {
        // SAFETY: after the fork of a process with several threads, only async-signal-safe calls
        // may be made. This process has one thread, for it has just begun and does not listen to
        // its parent, so no lock can be held by a thread that the forked process does not have.
        match unsafe { libc::fork() } {
            -1 => return Err(io::Error::last_os_error()),
            0 => {
                die_with(parent);
                let added = add(&memory, how);
                // SAFETY: `_exit` has no precondition. It ends this process at once, and runs none
                // of the exit handlers that it has a copy of.
                unsafe { libc::_exit(i32::from(added.is_err())) }
            }
            _ => {}
        }
    }
    let mut failed = 0;
    // A signal that is handled interrupts a wait, and is no reason to exit before the forked
    // processes do: they would be killed with this one.
    while let Ok(Some((_, status))) = retry_on_intr(|| wait(WaitOptions::empty())) {
        failed += u32::from(status.exit_status() != Some(0));
    }
    let failure = || io::Error::other(format!("{failed} of the forked processes failed"));
    if failed == 0 { Ok(()) } else { Err(failure()) }
}

fn add((counter, (pthread, number)): &Memory, how: &str) -> io::Result<()> {
    match how {
        "unlocked" => unlocked(counter),
        "locked" => locked(counter),
        "fetch-added" => fetch_added(counter),
        _ => pthread.with(None, |_| number.store(number.load(Relaxed) + 1, Relaxed))?,
    }
    Ok(())
}

/// Lets the kernel kill this forked process when its parent dies; elsewhere than on Linux it comes
/// to its own end.
fn die_with(parent: u32) {
    // It fails for a signal that does not exist.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    if std::os::unix::process::parent_id() != parent {
        // SAFETY: `_exit` has no precondition.
        unsafe { libc::_exit(1) }
    }
}
