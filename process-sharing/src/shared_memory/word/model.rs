//! A word on which a model checker's threads sleep, which stand for processes.
//!
//! A timeout never fires by itself here, so that it saves no sleeper that should have been woken. It
//! fires when a process has [died](super::process_id::die), the one thing that timeouts are for:
//! then all sleepers wake.

use std::ops::Deref;
use std::time::Duration;

use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::sync::{Condvar, Mutex};

/// A word of 64 bits, and the threads that sleep until it changes.
#[derive(Debug, Default)]
pub struct Word {
    value: AtomicU64,
    /// A sleeper releases this lock as it falls asleep. True when all timeouts have fired.
    asleep: Mutex<bool>,
    woken: Condvar,
}

#[allow(dead_code, reason = "a model needs more or less of it")]
impl Word {
    /// Makes a word on which no thread sleeps.
    pub fn new(value: u64) -> Self {
        Self { value: AtomicU64::new(value), asleep: Mutex::new(false), woken: Condvar::new() }
    }

    /// Sleeps, if the word still is `expected`, until it is woken; then returns `false`, as after a
    /// timeout, so that the sleeper checks whether the owner has died.
    pub fn wait(&self, expected: u64, _timeout: Option<Duration>) -> bool {
        let guard = self.asleep.lock().expect("no thread panics");
        if self.value.load(Relaxed) == expected && !*guard {
            drop(self.woken.wait(guard));
        }
        false
    }

    /// Wakes one sleeper, if there is one.
    pub fn wake(&self) -> bool {
        drop(self.asleep.lock());
        self.woken.notify_one();
        true
    }

    /// Fires every timeout, of the sleepers and of those that are about to sleep.
    pub fn wake_all(&self) {
        *self.asleep.lock().expect("no thread panics") = true;
        self.woken.notify_all();
    }
}

impl Deref for Word {
    type Target = AtomicU64;
    fn deref(&self) -> &AtomicU64 {
        &self.value
    }
}
