//! A fair lock: who comes draws a number, and waits until it is served.
//!
//! Two counters, as at a counter in an office:
//!
//! | state | meaning | left by |
//! | --- | --- | --- |
//! | `serving` = `next` | nobody is inside | a draw: `next` + 1 |
//! | `serving` < `next` | number `serving` is inside, the numbers between the two wait | `unlock`: `serving` + 1, and the next number goes in |
//!
//! Both wrap around; only their distance counts.
//!
//! ```
//! use locks::real::primitives::TicketLock;
//!
//! let sum = TicketLock::new(0);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| *sum.lock() += 1);
//!     scope.spawn(|| *sum.lock() += 1);
//! });
//! assert_eq!(sum.into_inner(), 2);
//! ```
//!
//! # Relationship with std
//! std's mutex has no order: who asks at the right moment gets it. **Take std's**, or
//! `parking_lot::FairMutex` where everyone must get in. A line of spinning threads is worse than a
//! crowd of them when there are more threads than cores: the lock goes to the next in line even if
//! the system has put that one aside, and all others wait until it comes back.
//!
//! # Source
//! Reed and Kanodia's sequencer and event count, 1979; as a lock, with pauses that are proportional
//! to the line: Mellor-Crummey and Scott, "Algorithms for Scalable Synchronization on Shared-Memory
//! Multiprocessors", 1991.
#![expect(unsafe_code, reason = "who gives back a lock that it does not hold lets two in")]

use super::back_off::BackOff;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Lets one thread in at a time, in the order in which they have asked; who waits spins.
#[derive(Debug)]
pub struct RawTicketLock {
    /// The number that the next to come will draw.
    pub(super) next: AtomicU32,
    /// The number that is inside, or the next that will be.
    pub(super) serving: AtomicU32,
}

impl RawTicketLock {
    /// Draws a number and spins until it is served.
    ///
    /// # Blocking
    /// As long as others have the lock or stand in line before. A thread that holds it already
    /// waits for itself, for ever.
    ///
    /// # Fairness
    /// First come, first served: nobody is overtaken by who draws later.
    ///
    /// # Memory ordering
    /// The draw is Relaxed: it has to be one step, so that no number is drawn twice, and lets
    /// nobody in. The look that finds the number served is Acquire; its partner is the Release
    /// store in `unlock`: all that the numbers before did comes before.
    #[inline]
    pub fn lock(&self) {
        let mine = self.next.fetch_add(1, Relaxed);
        let mut back_off = BackOff::default();
        loop {
            let ahead = mine.wrapping_sub(self.serving.load(Acquire));
            if ahead == 0 {
                return;
            }
            back_off.in_queue(ahead);
        }
    }

    /// Takes the lock if nobody is inside or in line. A number that was drawn cannot be given back,
    /// so this draws one only if it is served already.
    ///
    /// # Memory ordering
    /// The look at `serving` is Acquire, for the Release in `unlock`. The exchange is Relaxed: that
    /// it succeeds says that `next` is what was being served, so nobody was inside.
    #[inline]
    pub fn try_lock(&self) -> bool {
        let serving = self.serving.load(Acquire);
        self.next.compare_exchange(serving, serving.wrapping_add(1), Relaxed, Relaxed).is_ok()
    }

    /// Gives the lock back, to the next number if it is drawn.
    ///
    /// # Safety
    /// The lock must have been taken, and that must not have been given back yet. Any thread may do
    /// it.
    ///
    /// # Memory ordering
    /// Who is inside alone writes `serving`, so it need not be read and written in one step, and
    /// the read is Relaxed. The store is Release, for the Acquire of the look that will find it:
    /// all that was done under the lock comes before.
    #[inline]
    pub unsafe fn unlock(&self) {
        self.serving.store(self.serving.load(Relaxed).wrapping_add(1), Release);
    }

    /// Tells whether someone is inside; a moment later, that may be otherwise.
    pub fn is_locked(&self) -> bool {
        self.next.load(Relaxed) != self.serving.load(Relaxed)
    }

    /// Returns the number that was drawn last: another one says that someone has joined the line.
    pub fn tail(&self) -> usize {
        self.next.load(Relaxed).wrapping_sub(1) as usize
    }
}
