//! A word that a model checker's threads can sleep on. They stand for processes.
//!
//! A time limit is never over by itself here, so that nobody is saved by it who should have been
//! woken. It is over when a process has [died](super::owner::die), which wakes all and is the one
//! thing that limits are for.

use std::ops::Deref;
use std::time::Duration;

use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::sync::{Condvar, Mutex};

/// Holds 64 bits, and the threads that sleep until they change.
#[derive(Debug)]
pub struct Word {
    value: AtomicU64,
    /// Whoever sleeps waits for this lock to be let go. It is true when all limits are over.
    asleep: Mutex<bool>,
    woken: Condvar,
}

#[allow(dead_code, reason = "a model needs more or less of it")]
impl Word {
    /// Makes a word that nobody sleeps on.
    pub fn new(value: u64) -> Self {
        Self { value: AtomicU64::new(value), asleep: Mutex::new(false), woken: Condvar::new() }
    }

    /// Sleeps if the word still is `expected`, until it is woken; then says that the time was over,
    /// so that the sleeper looks whether anyone has died.
    pub fn wait(&self, expected: u64, _limit: Option<Duration>) -> bool {
        let guard = self.asleep.lock().expect("nobody panics with it");
        if self.value.load(Relaxed) == expected && !*guard {
            drop(self.woken.wait(guard));
        }
        false
    }

    /// Wakes one of those who sleep, if anyone does.
    pub fn wake(&self) -> bool {
        drop(self.asleep.lock());
        self.woken.notify_one();
        true
    }

    /// Lets every limit be over, of those who sleep and of those who are about to.
    pub fn wake_all(&self) {
        *self.asleep.lock().expect("nobody panics with it") = true;
        self.woken.notify_all();
    }
}

impl Deref for Word {
    type Target = AtomicU64;
    fn deref(&self) -> &AtomicU64 {
        &self.value
    }
}
