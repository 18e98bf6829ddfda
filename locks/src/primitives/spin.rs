//! A lock that waits by looking: test-and-test-and-set with back-off.
//!
//! One word says it all:
//!
//! | `taken` | meaning | left by |
//! | --- | --- | --- |
//! | false | nobody is inside | an exchange of false for true, which one thread wins |
//! | true | one thread is inside | `unlock`, which stores false |
//!
//! Who loses the exchange only reads until it sees false (the second "test"), then tries again.
//! Exchanges in a loop would tear the cache line from core to core, the holder's included, even
//! those that write nothing; reads share it.
//!
//! ```
//! use locks::real::primitives::SpinLock;
//!
//! let sum = SpinLock::new(0);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| *sum.lock() += 1);
//!     scope.spawn(|| *sum.lock() += 1);
//! });
//! assert_eq!(sum.into_inner(), 2);
//! ```
//!
//! # Relationship with std
//! [`std::sync::Mutex`] looks for a moment, then sleeps until it is woken. **Take std's**, unless
//! all of this is true: the section is some instructions long; it waits for nothing (no I/O, no
//! allocation, no other lock); there are as many free cores as threads that want in. If the system
//! puts the holder aside, all who wait burn their time for nothing. A kernel can forbid to be put
//! aside, and so it has spin locks; a program cannot. A panic under this lock does not poison it.
//!
//! # Source
//! Test-and-test-and-set: Rudolph and Segall, 1984. Exponential back-off for it: T. E. Anderson,
//! "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors", 1990.
#![expect(unsafe_code, reason = "who gives back a lock that it does not hold lets two in")]

use super::back_off::BackOff;
use super::sync::atomic::AtomicBool;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Lets one thread in at a time; who waits spins.
#[derive(Debug)]
pub struct RawSpinLock {
    /// Whether someone is inside.
    pub(super) taken: AtomicBool,
}

impl RawSpinLock {
    /// Takes the lock, spinning until it is free.
    ///
    /// # Blocking
    /// As long as others have it. A thread that holds it already waits for itself, for ever.
    ///
    /// # Fairness
    /// None: who gives the lock back and asks again at once is the likeliest to win it, and a
    /// thread may wait for ever.
    ///
    /// # Memory ordering
    /// What was written under the lock before is seen, as `try_lock` says.
    #[inline]
    pub fn lock(&self) {
        let mut back_off = BackOff::default();
        while !self.try_lock() {
            // Relaxed: nothing is read on the strength of this look. Only the exchange lets anyone
            // in.
            while self.taken.load(Relaxed) {
                back_off.pause();
            }
        }
    }

    /// Takes the lock if it is free at this moment.
    ///
    /// # Memory ordering
    /// An exchange that is won is Acquire; its partner is the Release store in `unlock`. Who
    /// exchanges a holder's false comes after all that this holder did. Its own true needs no
    /// Release: nobody acts on having read it. One that is lost is Relaxed: nothing follows from
    /// it.
    #[inline]
    pub fn try_lock(&self) -> bool {
        // A swap would do as well on any machine. But it writes true when it is lost, too, and Loom
        // keeps too little of a variable's order of writes to see that this true comes before the
        // holder's false.
        self.taken.compare_exchange(false, true, Acquire, Relaxed).is_ok()
    }

    /// Gives the lock back.
    ///
    /// # Safety
    /// The lock must have been taken, and that must not have been given back yet. Any thread may do
    /// it.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the exchange that will read this false: all that was done under
    /// the lock comes before it.
    #[inline]
    pub unsafe fn unlock(&self) {
        self.taken.store(false, Release);
    }

    /// Tells whether someone is inside; a moment later, that may be otherwise.
    pub fn is_locked(&self) -> bool {
        self.taken.load(Relaxed)
    }
}
