//! What the inbox is made of; the tests compile it once more with Loom's.

use std::os::fd::OwnedFd;
use std::sync::OnceLock;

pub(super) use std::sync::Mutex;

/// A handle to the thread that an executor runs on, for others to wake it from a park, or from its
/// reactor's wait.
pub(super) struct Thread {
    thread: std::thread::Thread,
    /// What its reactor waits for beside sockets, once it has one.
    pub(super) bell: OnceLock<OwnedFd>,
}

/// Returns a handle to this thread.
pub(super) fn current() -> Thread {
    Thread { thread: std::thread::current(), bell: OnceLock::new() }
}

impl Thread {
    /// Ends its sleep, or lets the next one end at once.
    pub(super) fn unpark(&self) {
        self.thread.unpark();
        if let Some(bell) = self.bell.get() {
            // It fails where 2^64 wake-ups have come that were not waited for.
            let _ = rustix::io::write(bell, &1_u64.to_ne_bytes());
        }
    }
}
