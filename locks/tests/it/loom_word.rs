//! A word on which Loom's threads can park: the file `word/condvar.rs` once more, without its
//! `const`, which Loom's types do not have.

use std::ops::Deref;

use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use loom::sync::{Condvar, Mutex};

/// A word of 32 bits, and the threads that sleep until it changes.
#[derive(Debug)]
pub(crate) struct Word {
    value: AtomicU32,
    asleep: Mutex<()>,
    woken: Condvar,
}

#[allow(dead_code, reason = "the locks that are compiled on it need more or less of it")]
impl Word {
    pub(crate) fn new(value: u32) -> Self {
        Self { value: AtomicU32::new(value), asleep: Mutex::new(()), woken: Condvar::new() }
    }

    pub(crate) fn wait(&self, expected: u32) {
        let guard = self.asleep.lock().expect("nobody panics with it");
        if self.value.load(Relaxed) == expected {
            drop(self.woken.wait(guard));
        }
    }

    pub(crate) fn wake_one(&self) {
        drop(self.asleep.lock());
        self.woken.notify_one();
    }

    pub(crate) fn wake_all(&self) {
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
