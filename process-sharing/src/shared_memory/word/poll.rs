//! A word that processes wait on by polling, where the system has no futex that is used here.

use std::time::Duration;

use super::Share;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A word of 64 bits that processes poll until it changes.
#[derive(Debug, Default)]
pub struct Word(AtomicU64);

// SAFETY: it is an atomic: 0 is a value, it holds no address and needs no drop, and each operation is
// one instruction.
#[expect(unsafe_code, reason = "rustc does not know which types processes may share")]
unsafe impl Share for Word {}

impl Word {
    /// Makes a word on which no process waits.
    pub const fn new(value: u64) -> Self {
        Self(AtomicU64::new(value))
    }

    /// Sleeps for 0.1 ms if the word still is `expected`; returns `false`, as after a timeout, if it
    /// still is so then.
    pub fn wait(&self, expected: u64, _timeout: Option<Duration>) -> bool {
        if self.0.load(Relaxed) == expected {
            std::thread::sleep(Duration::from_micros(100));
        }
        self.0.load(Relaxed) != expected
    }

    /// Does nothing: a process that polls wakes by itself.
    pub fn wake(&self) -> bool {
        false
    }
}

impl std::ops::Deref for Word {
    type Target = AtomicU64;
    fn deref(&self) -> &AtomicU64 {
        &self.0
    }
}
