//! A lock that is spun for: test-and-test-and-set with exponential back-off.
//!
//! | `taken` | meaning | left by |
//! | --- | --- | --- |
//! | false | no thread is inside | a compare-and-swap of false for true, which one thread wins |
//! | true | one thread is inside | `unlock`, which stores false |
//!
//! A thread that loses the compare-and-swap only reads until it sees false (the second "test"),
//! then tries again. A loop of compare-and-swaps would tear the cache line from core to core, the
//! holder's included, even where they write nothing; reads share it.
//!
//! # Relationship with std
//! [`std::sync::Mutex`] spins for a moment, then parks. **Take std's**, unless all of this is true:
//! the section is some instructions long; it waits for nothing (no I/O, no allocation, no other
//! lock); there are as many free cores as threads that want in. If the holder is preempted, all
//! that wait burn their time for nothing. A kernel can forbid preemption, and so it has spin locks;
//! a program cannot. A panic under this lock does not poison it.
//!
//! # Source
//! Test-and-test-and-set: Rudolph and Segall, 1984. Exponential back-off for it: T. E. Anderson,
//! "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors", 1990.
#![expect(unsafe_code, reason = "a release by a thread that holds no lock lets two in")]

use super::back_off::BackOff;
use super::sync::atomic::AtomicBool;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// A raw lock that admits one thread at a time; a thread that waits spins.
#[derive(Debug)]
pub struct RawSpinLock {
    /// Whether a thread is inside.
    pub(super) taken: AtomicBool,
}

impl RawSpinLock {
    /// Acquires the lock, spinning until it is free.
    ///
    /// # Fairness
    /// None: the thread that has released it and asks again at once is the likeliest to win it, and
    /// another one may starve.
    ///
    /// # Memory ordering
    /// What was written under the lock before is visible, as `try_lock` says.
    #[inline]
    pub fn lock(&self) {
        let mut back_off = BackOff::default();
        while !self.try_lock() {
            // Relaxed: nothing follows from this look. Only the compare-and-swap admits a thread.
            while self.taken.load(Relaxed) {
                back_off.pause();
            }
        }
    }

    /// Acquires the lock if it is free at this moment.
    ///
    /// # Memory ordering
    /// A compare-and-swap that succeeds is Acquire; its partner is the Release store in `unlock`:
    /// all that the holder did happens before. Its own true needs no Release: no thread concludes
    /// anything from it. One that fails is Relaxed: nothing follows from it.
    #[inline]
    pub fn try_lock(&self) -> bool {
        // A swap would do as well on any machine. But it writes true when it is lost, too, and Loom
        // keeps too little of a variable's order of writes to see that this true comes before the
        // holder's false.
        self.taken.compare_exchange(false, true, Acquire, Relaxed).is_ok()
    }

    /// Releases the lock.
    ///
    /// # Safety
    /// The lock must have been acquired, and not released since. Any thread may release it.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the compare-and-swap that will read this false: all that was
    /// done under the lock happens before it.
    #[inline]
    pub unsafe fn unlock(&self) {
        self.taken.store(false, Release);
    }

    /// Returns whether a thread is inside; a moment later, that may have changed.
    pub fn is_locked(&self) -> bool {
        self.taken.load(Relaxed)
    }
}
