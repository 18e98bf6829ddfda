//! A FIFO lock: a thread draws a number, and spins until it is served.
//!
//! | state | meaning | left by |
//! | --- | --- | --- |
//! | `serving` = `next` | no thread is inside | a draw: `next` + 1 |
//! | `serving` < `next` | `serving` is inside, the numbers between wait | `unlock`: `serving` + 1 |
//!
//! No program draws 2⁶⁴ numbers. Of 32 bits, they would come again: a `try_lock` that is preempted
//! between its two steps for 2³² - 1 draws would find its number the next one, and another thread
//! inside.
//!
//! # Relationship with std
//! std's mutex has no order: a thread that asks at the right moment gets it. **Take std's**, or
//! `parking_lot::FairMutex` where no thread may starve. A queue of spinning threads is worse than a
//! crowd of them when there are more threads than cores: the lock goes to the next number even if
//! that thread is preempted, and all others wait until it runs again.
//!
//! # Source
//! Reed and Kanodia's sequencer and event count, 1979; as a lock, with pauses that are proportional
//! to the queue: Mellor-Crummey and Scott, "Algorithms for Scalable Synchronization on
//! Shared-Memory Multiprocessors", 1991.
#![expect(unsafe_code, reason = "a release by a thread that holds no lock lets two in")]

use super::back_off::BackOff;
use super::sync::atomic::AtomicU64;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// A raw lock that admits one thread at a time, in the order in which they have asked; a thread
/// that waits spins.
#[derive(Debug)]
pub struct RawTicketLock {
    /// The number that the next thread will draw.
    pub(super) next: AtomicU64,
    /// The number that is inside, or the next that will be.
    pub(super) serving: AtomicU64,
}

impl RawTicketLock {
    /// Draws a number and spins until it is served.
    ///
    /// # Fairness
    /// FIFO: no thread is overtaken by one that draws later.
    ///
    /// # Memory ordering
    /// The draw is Relaxed: it has to be atomic, so that no number is drawn twice, and admits no
    /// thread. The look that finds the number served is Acquire; its partner is the Release store
    /// in `unlock`: all that the numbers before did happens before.
    #[inline]
    pub fn lock(&self) {
        let mine = self.next.fetch_add(1, Relaxed);
        let mut back_off = BackOff::default();
        loop {
            let ahead = mine - self.serving.load(Acquire);
            if ahead == 0 {
                return;
            }
            back_off.in_queue(ahead as u32);
        }
    }

    /// Acquires the lock if no thread is inside or queues. A number that was drawn cannot be
    /// returned, so this draws one only if it is served already.
    ///
    /// # Memory ordering
    /// The look at `serving` is Acquire, for the Release in `unlock`. The compare-and-swap is
    /// Relaxed: that it succeeds says that `next` is what was being served, so no thread was
    /// inside.
    #[inline]
    pub fn try_lock(&self) -> bool {
        let serving = self.serving.load(Acquire);
        self.next.compare_exchange(serving, serving + 1, Relaxed, Relaxed).is_ok()
    }

    /// Releases the lock, to the next number if it is drawn.
    ///
    /// # Safety
    /// The lock must have been acquired, and not released since. Any thread may release it.
    ///
    /// # Memory ordering
    /// Only the thread inside writes `serving`, so it need not be read and written in one step, and
    /// the read is Relaxed. The store is Release, for the Acquire of the look that will find it:
    /// all that was done under the lock happens before.
    #[inline]
    pub unsafe fn unlock(&self) {
        self.serving.store(self.serving.load(Relaxed) + 1, Release);
    }

    /// Returns whether a thread is inside; a moment later, that may have changed.
    pub fn is_locked(&self) -> bool {
        self.next.load(Relaxed) != self.serving.load(Relaxed)
    }

    /// Returns a number that changes when a thread joins the queue.
    pub fn tail(&self) -> usize {
        self.next.load(Relaxed).wrapping_sub(1) as usize
    }
}
