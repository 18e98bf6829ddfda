//! A word of memory that processes can sleep on, where the system has no call for it that is tried
//! here: they nap and look again.

use std::time::Duration;

use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use crate::memory::Share;

/// Holds 64 bits that processes wait to see changed.
#[derive(Debug)]
pub struct Word(AtomicU64);

// SAFETY: 0 is a value; it is its own bytes; atomics are reached by single instructions.
#[expect(unsafe_code, reason = "what may be shared has to be vouched for")]
unsafe impl Share for Word {}

impl Word {
    /// Makes a word that nobody sleeps on.
    pub const fn new(value: u64) -> Self {
        Self(AtomicU64::new(value))
    }

    /// Naps if the word still is `expected`; `false`, as if a limit were over, if it is so still
    /// after that.
    pub fn wait(&self, expected: u64, _limit: Option<Duration>) -> bool {
        if self.0.load(Relaxed) == expected {
            std::thread::sleep(Duration::from_micros(100));
        }
        self.0.load(Relaxed) != expected
    }

    /// Wakes nobody: who naps wakes by itself.
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
