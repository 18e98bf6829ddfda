//! A word of memory on which threads can park: the kernel's futex.
//!
//! The kernel compares and puts to sleep in one step: a thread that changes the word before it
//! calls a `wake` cannot be missed. A thread that finds nothing to wait for makes no system call.

use std::ops::Deref;

use rustix::thread::futex::{self, Flags};

use super::sync::atomic::AtomicU32;

/// A word of 32 bits, and the threads that sleep until it changes.
///
/// ```
/// use std::sync::atomic::Ordering::Relaxed;
///
/// use locks::real::word::Word;
///
/// let word = Word::new(0);
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         while word.load(Relaxed) == 0 {
///             word.wait(0);
///         }
///     });
///     word.store(1, Relaxed);
///     word.wake_all();
/// });
/// ```
#[derive(Debug)]
pub struct Word(AtomicU32);

impl Word {
    /// Makes a word on which no thread sleeps.
    pub const fn new(value: u32) -> Self {
        Self(AtomicU32::new(value))
    }

    /// Sleeps if the word still is `expected`, until a `wake`. It may come back for no reason, a
    /// signal for one: look at the word again.
    ///
    /// # Memory ordering
    /// None: what was written before a `wake` is visible to a thread that reads the word itself
    /// with Acquire.
    pub fn wait(&self, expected: u32) {
        // It fails where the word has changed, or a signal came: the caller looks again.
        let _ = futex::wait(&self.0, Flags::PRIVATE, expected, None);
    }

    /// Wakes one of the threads that sleep, if there are any.
    pub fn wake_one(&self) {
        self.wake(1);
    }

    /// Wakes all threads that sleep.
    pub fn wake_all(&self) {
        // The kernel reads the number as a signed one.
        self.wake(i32::MAX.cast_unsigned());
    }

    fn wake(&self, most: u32) {
        // It fails only for an address that is no futex, and this one is.
        let _ = futex::wake(&self.0, Flags::PRIVATE, most);
    }
}

impl Deref for Word {
    type Target = AtomicU32;
    fn deref(&self) -> &AtomicU32 {
        &self.0
    }
}
