//! A thousand processes add 1 to one number, with a lock and without.
//!
//! To start a program a thousand times would take seconds. So ten children are started, and each
//! forks a hundred more.
#![expect(unsafe_code, reason = "a process is forked")]

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::io::retry_on_intr;
use rustix::process::{WaitOptions, wait};
use tracing::info_span;

use crate::child::{DEADLINE, start};
use crate::memory::{Share, Shared};
use crate::memory_role::MemoryRole;
use crate::pthread::PthreadMutex;
use crate::real::adding::{Tally, fetch_added, locked, unlocked};
use crate::role::Role;

/// How many children are started.
pub const CHILDREN: u32 = 10;
/// How many processes each of them forks.
pub const FORKED: u32 = 100;

/// Says how the processes add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By [`unlocked::add`].
    Unlocked,
    /// By [`locked::add`].
    Locked,
    /// By [`fetch_added::add`].
    FetchAdded,
    /// Under a [`PthreadMutex`].
    Pthread,
}

const HOWS: [(&str, How); 4] = [
    ("unlocked", How::Unlocked),
    ("locked", How::Locked),
    ("fetch-added", How::FetchAdded),
    ("pthread", How::Pthread),
];

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HOWS.iter().filter(|(_, how)| how == self).try_for_each(|(name, _)| f.write_str(name))
    }
}

impl FromStr for How {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        HOWS.iter().find(|(name, _)| *name == text).map(|(_, how)| *how).ok_or(())
    }
}

/// What the processes share.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Memory {
    tally: Tally,
    pthread: PthreadMutex,
    /// The number under it.
    number: AtomicU64,
}

// SAFETY: 0 is a value of each of its parts: atomics, words and locks, which know processes. None
// has an address or needs a drop, and each change to the numbers is one instruction.
unsafe impl Share for Memory {}

/// Lets a thousand processes add 1, and returns what the number is then.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn run(program: &Path, how: How) -> io::Result<u64> {
    let memory = Shared::<Memory>::new()?;
    match how {
        How::Unlocked => memory.tally.widen(),
        How::Pthread => memory.pthread.make(true)?,
        How::Locked | How::FetchAdded => {}
    }
    let role = Role::Memory(MemoryRole::Add { memory: memory.as_fd().as_raw_fd(), how });
    let names: Vec<_> = (1..=CHILDREN).map(|child| format!("child {child}")).collect();
    let children = names.iter().map(|name| {
        let adds = info_span!("lane", lane = &**name)
            .in_scope(|| info_span!("runs", what = "forks, adds"));
        Ok((adds, start(program, role, &[memory.as_fd()], DEADLINE)?))
    });
    for (adds, child) in children.collect::<io::Result<Vec<_>>>()? {
        child.answer()?;
        drop(adds);
    }
    Ok(if how == How::Pthread { memory.number.load(Relaxed) } else { memory.tally.number() })
}

/// Forks a hundred processes, each of which adds 1, and waits for them: what a child does.
pub(crate) fn in_a_child(memory: OwnedFd, how: How) -> io::Result<()> {
    let memory = Shared::<Memory>::open(memory)?;
    let parent = std::process::id();
    for _ in 0..FORKED {
        // SAFETY: this process has one thread, for it has just begun. So whatever the forked one
        // finds locked, it has locked itself.
        match unsafe { libc::fork() } {
            -1 => return Err(io::Error::last_os_error()),
            0 => {
                end_with(parent);
                let added = add(&memory, how);
                // SAFETY: it ends this process at once, and runs nothing of the parent's that waits
                // for the end.
                unsafe { libc::_exit(i32::from(added.is_err())) }
            }
            _ => {}
        }
    }
    let mut failed = 0;
    // A signal that is handled interrupts a wait, and is no reason to end before the children do:
    // they would be killed with this process.
    while let Ok(Some((_, status))) = retry_on_intr(|| wait(WaitOptions::empty())) {
        failed += u32::from(status.exit_status() != Some(0));
    }
    if failed == 0 {
        Ok(())
    } else {
        Err(io::Error::other(format!("{failed} of the forked processes failed")))
    }
}

fn add(memory: &Memory, how: How) -> io::Result<()> {
    match how {
        How::Unlocked => unlocked::add(&memory.tally),
        How::Locked => locked::add(&memory.tally),
        How::FetchAdded => fetch_added::add(&memory.tally),
        How::Pthread => memory.pthread.with(None, |_| {
            let read = memory.number.load(Relaxed);
            memory.number.store(read + 1, Relaxed);
        })?,
    }
    Ok(())
}

/// Lets the kernel kill this forked process when its parent is killed; elsewhere than on Linux, it
/// comes to its own end.
fn end_with(parent: u32) {
    // It fails for a signal that does not exist.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    if std::os::unix::process::parent_id() != parent {
        // SAFETY: as above.
        unsafe { libc::_exit(1) }
    }
}
