//! A word of memory on which threads can park, made of a mutex and a condition variable: for the
//! model checker, and for systems other than Linux.
//!
//! The mutex makes one step of "is it still so?" and "then sleep": a thread that changes the word
//! before it calls a `wake` cannot be missed.

use std::ops::Deref;

use super::const_fn;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync::{Condvar, Mutex, PoisonError};

/// A word of 32 bits, and the threads that sleep until it changes.
#[derive(Debug)]
pub struct Word {
    value: AtomicU32,
    asleep: Mutex<()>,
    woken: Condvar,
}

impl Word {
    const_fn! {
        /// Makes a word on which no thread sleeps.
        pub fn new(value: u32) -> Self {
            Self { value: AtomicU32::new(value), asleep: Mutex::new(()), woken: Condvar::new() }
        }
    }

    /// Sleeps if the word still is `expected`, until it is woken, or comes back for no reason.
    pub fn wait(&self, expected: u32) {
        let guard = self.asleep.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: a change before a `wake` that had the mutex before us is seen by way of the
        // mutex.
        if self.value.load(Relaxed) == expected {
            drop(self.woken.wait(guard));
        }
    }

    /// Wakes one of the threads that sleep, if there are any.
    pub fn wake_one(&self) {
        drop(self.asleep.lock());
        self.woken.notify_one();
    }

    /// Wakes all threads that sleep.
    pub fn wake_all(&self) {
        drop(self.asleep.lock());
        self.woken.notify_all();
    }
}

impl Deref for Word {
    type Target = AtomicU32;
    fn deref(&self) -> &AtomicU32 {
        &self.value
    }
}
