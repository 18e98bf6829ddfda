//! A mutex in one word: a thread that waits parks in the kernel, and a free lock makes no system
//! call.
//!
//! | `word` | meaning | left by |
//! | --- | --- | --- |
//! | 0 `FREE` | no thread is inside | a compare-and-swap for `TAKEN`, a swap for `CONTENDED` |
//! | 1 `TAKEN` | one is inside, none sleeps | `unlock`: `FREE`; or a waiter: `CONTENDED` |
//! | 2 `CONTENDED` | one is inside, and others may sleep | `unlock`: `FREE`, and wakes one |
//!
//! Two states would do, if each `unlock` called the kernel in case a thread slept. The third one
//! says whether it has to. A thread that was woken does not know whether others still sleep, so it
//! acquires the lock as `CONTENDED`: at worst, one call wakes no thread.
//!
//! Before it parks, a thread spins for a while, since a sleep and a wake-up cost as much as
//! thousands of short critical sections. It backs off far, which lets the holder come back to its
//! own cache line several times: for very short sections, that is worth more than taking turns.
//!
//! # Relationship with std
//! [`std::sync::Mutex`] is made the same way on Linux, and is poisoned by a panic as well. **Take
//! std's**; where a timeout, a guard that may be sent, or less back-and-forth under contention
//! counts, `parking_lot::Mutex`.
//!
//! # Source
//! The third state: Ulrich Drepper, "Futexes Are Tricky", 2004. In Rust: Mara Bos, "Rust Atomics
//! and Locks", 2023, chapter 9.
#![expect(unsafe_code, reason = "a release by a thread that holds no lock lets two in")]

use super::back_off::BackOff;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const CONTENDED: u32 = 2;

/// A raw lock that admits one thread at a time; a thread that waits parks.
#[derive(Debug)]
pub struct RawFutexMutex {
    /// One of the three states.
    pub(super) word: Word,
}

impl RawFutexMutex {
    /// Acquires the lock; parks until it is free.
    ///
    /// # Fairness
    /// None: a thread that asks when it is released wins over one that has to be woken first. A
    /// lock that is handed over to a sleeping thread stands still until that one is awake, which
    /// takes a thousand times as long as a short section. So there is no fair release.
    ///
    /// # Memory ordering
    /// What was written under the lock before is visible, as `try_lock` says.
    #[inline]
    pub fn lock(&self) {
        if !self.try_lock() {
            self.wait();
        }
    }

    /// Acquires the lock if it is free at this moment.
    ///
    /// # Memory ordering
    /// A compare-and-swap that succeeds is Acquire, and so is a waiter's swap; its partner is the
    /// Release in `unlock`: all that the holder before did happens before. One that fails is
    /// Relaxed: nothing follows from it. To write `TAKEN` or `CONTENDED` needs no Release: a thread
    /// that reads it concludes nothing from it.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.word.compare_exchange(FREE, TAKEN, Acquire, Relaxed).is_ok()
    }

    #[cold]
    fn wait(&self) {
        if BackOff::spin_until(|| self.word.load(Relaxed) == FREE && self.try_lock()) {
            return;
        }
        // Takes it as contended, whatever it was: of this swap, too, one thread alone gets a `FREE`.
        while self.word.swap(CONTENDED, Acquire) != FREE {
            self.word.wait(CONTENDED);
        }
    }

    /// Releases the lock, and wakes one of the threads that sleep, if there are any.
    ///
    /// # Safety
    /// The lock must have been acquired, and not released since. Any thread may release it.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the compare-and-swap that will find `FREE`: all that was done
    /// under the lock happens before.
    #[inline]
    pub unsafe fn unlock(&self) {
        if self.word.swap(FREE, Release) == CONTENDED {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        self.word.wake_one();
    }

    /// Returns whether a thread is inside; a moment later, that may have changed.
    pub fn is_locked(&self) -> bool {
        self.word.load(Relaxed) != FREE
    }
}
