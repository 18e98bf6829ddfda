//! A mutex in one word: who waits sleeps in the kernel, and a free lock never calls it.
//!
//! | `word` | meaning | left by |
//! | --- | --- | --- |
//! | 0 `FREE` | nobody is inside | an exchange for `TAKEN` or `CONTENDED` |
//! | 1 `TAKEN` | one is inside, and nobody sleeps | `unlock`: `FREE`; or one that is about to sleep: `CONTENDED` |
//! | 2 `CONTENDED` | one is inside, and others may sleep | `unlock`: `FREE`, and wakes one |
//!
//! Two states would do, if each `unlock` called the kernel in case someone slept. The third one
//! says whether it has to. Who was woken does not know whether others still sleep, so it takes the
//! lock as `CONTENDED`: at worst, one call wakes nobody.
//!
//! Before it sleeps, a thread looks for a while, since to sleep and be woken costs as much as
//! thousands of short sections. Where it has found the lock taken, it backs off far (a look a
//! pause, and each pause twice as long), which lets the holder come back to its own cache line
//! several times: for very short sections, that is worth more than taking turns.
//!
//! ```
//! use locks::real::primitives::FutexMutex;
//!
//! let sum = FutexMutex::new(0);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| *sum.lock() += 1);
//!     scope.spawn(|| *sum.lock() += 1);
//! });
//! assert_eq!(sum.into_inner(), 2);
//! ```
//!
//! # Relationship with std
//! [`std::sync::Mutex`] is made the same way on Linux, and is poisoned by a panic as well. **Take
//! std's**; where a time limit, a guard that may be sent, or less back-and-forth under contention
//! counts, `parking_lot::Mutex`.
//!
//! # Source
//! The third state: Ulrich Drepper, "Futexes Are Tricky", 2004. In Rust: Mara Bos, "Rust Atomics
//! and Locks", 2023, chapter 9.
#![expect(unsafe_code, reason = "who gives back a lock that it does not hold lets two in")]

use std::time::Instant;

use super::back_off::BackOff;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const CONTENDED: u32 = 2;

/// Lets one thread in at a time; who waits sleeps.
#[derive(Debug)]
pub struct RawFutexMutex {
    /// One of the three states.
    pub(super) word: Word,
}

impl RawFutexMutex {
    /// Takes the lock; sleeps until it is free.
    ///
    /// # Blocking
    /// As long as others have it. A thread that holds it already waits for itself, for ever.
    ///
    /// # Fairness
    /// None: who asks when it is given back wins over who has to be woken first. A lock that is
    /// handed over to a sleeper stands still until that one is awake, which takes a thousand times
    /// as long as a short section. So there is no fair way to give this one back.
    ///
    /// # Memory ordering
    /// What was written under the lock before is seen, as `try_lock` says.
    #[inline]
    pub fn lock(&self) {
        if !self.try_lock() {
            self.wait(None);
        }
    }

    /// Takes the lock if it is free before the deadline; `false` if not.
    ///
    /// # Blocking
    /// Until the deadline at most, and then until the system lets the thread run.
    #[inline]
    pub fn try_lock_until(&self, deadline: Instant) -> bool {
        self.try_lock() || self.wait(Some(deadline))
    }

    /// Takes the lock if it is free at this moment.
    ///
    /// # Memory ordering
    /// An exchange that is won is Acquire; its partner is the Release in `unlock`: all that the
    /// holder before did comes before. One that is lost is Relaxed: nothing follows from it. To
    /// write `TAKEN` or `CONTENDED` needs no Release: who reads it reads nothing else on its
    /// strength.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.exchange(FREE, TAKEN)
    }

    #[inline]
    fn exchange(&self, from: u32, to: u32) -> bool {
        self.word.compare_exchange(from, to, Acquire, Relaxed).is_ok()
    }

    #[cold]
    fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut back_off = BackOff::default();
        while back_off.spin() {
            if self.word.load(Relaxed) == FREE && self.exchange(FREE, TAKEN) {
                return true;
            }
        }
        let mut in_time = true;
        loop {
            match self.word.load(Relaxed) {
                FREE if self.exchange(FREE, CONTENDED) => return true,
                // Who could have been woken must not leave others asleep under a `TAKEN`: so the
                // deadline comes second.
                TAKEN if !self.exchange(TAKEN, CONTENDED) => {}
                TAKEN | CONTENDED if in_time => in_time = self.word.wait(CONTENDED, deadline),
                TAKEN | CONTENDED => return false,
                _ => {}
            }
        }
    }

    /// Gives the lock back, and wakes one of those who sleep, if any does.
    ///
    /// # Safety
    /// The lock must have been taken, and that must not have been given back yet. Any thread may do
    /// it.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the exchange that will find `FREE`: all that was done under the
    /// lock comes before.
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

    /// Tells whether someone is inside; a moment later, that may be otherwise.
    pub fn is_locked(&self) -> bool {
        self.word.load(Relaxed) != FREE
    }
}
