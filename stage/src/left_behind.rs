//! Variants that did not end within their deadline, and were left behind.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rustix::process::{Pid, Signal, kill_process};

use crate::procfs;

static IS_ANY: AtomicBool = AtomicBool::new(false);

/// Notes that a variant is left behind: the owner of what it has started is never dropped.
pub(crate) fn note() {
    IS_ANY.store(true, Relaxed);
}

/// Ends the processes that such variants have started; is called at the end of the program.
pub(crate) fn end_processes() {
    if IS_ANY.load(Relaxed) {
        for child in procfs::children().into_iter().filter_map(Pid::from_raw) {
            // It fails only where the process has ended by itself.
            let _ = kill_process(child, Signal::KILL);
        }
    }
}
