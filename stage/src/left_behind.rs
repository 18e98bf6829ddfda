//! Variants that did not end within their deadline, and were left behind.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::procfs;

static IS_ANY: AtomicBool = AtomicBool::new(false);

/// Notes that a variant is left behind: the owner of what it has started is never dropped.
pub(crate) fn note() {
    IS_ANY.store(true, Relaxed);
}

/// Ends the processes that such variants have started; is called at the end of the program.
pub(crate) fn end_processes() {
    if IS_ANY.load(Relaxed) {
        procfs::children().into_iter().for_each(kill);
    }
}

/// Kills a child that the variant's own threads may reap at any time, and with that give its PID
/// away: by a descriptor, which is of one process, and of this child if its PID is still that of a
/// child.
#[cfg(target_os = "linux")]
fn kill(child: i32) {
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    let opened = Pid::from_raw(child).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    if let Some(Ok(opened)) = opened
        && procfs::children().contains(&child)
    {
        // It fails only where the process has ended by itself.
        let _ = pidfd_send_signal(opened, Signal::KILL);
    }
}

/// Where the system does not show a child, there is none to kill.
#[cfg(not(target_os = "linux"))]
fn kill(_child: i32) {}
