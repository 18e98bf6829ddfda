//! A counting semaphore: a number of permits; a thread that finds none waits for one.
//!
//! | `permits` | `waiting` | meaning |
//! | --- | --- | --- |
//! | n > 0 | 0 | n more permits may be acquired |
//! | 0 | 0 | all are acquired |
//! | 0 | m | m threads sleep, or are about to, until a permit is released |
//! | n > 0 | m | a sleeping thread is being woken, and another may be faster |
//!
//! A permit belongs to no thread: one may acquire it and another release it. That makes a semaphore
//! a signal, which a mutex is not. It also means that a permit can be released that was never
//! acquired; [`Semaphore::bounded`] refuses that, and [`Permit`] cannot do it.
//!
//! The idea is Dijkstra's (1965), with P for `acquire` and V for `release`.
//!
//! # Relationship with std
//! std has none. In production, take `tokio::sync::Semaphore` in async code; between threads, a
//! bounded channel or a pool of N workers says "at most N" without a count.
//!
//! # Fairness
//! None: a permit that is released may go to a thread that just came along.

use super::back_off::BackOff;
use super::const_fn;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicU32, fence};
use super::word::Word;

/// A number of permits.
///
/// ```
/// use locks::real::primitives::semaphore::Semaphore;
///
/// let connections = Semaphore::bounded(2);
/// let (one, other) = (connections.enter(), connections.enter());
/// assert!(!connections.try_acquire(), "no third at the same time");
/// drop((one, other));
/// assert!(connections.release().is_err(), "all are back already");
/// ```
#[derive(Debug)]
pub struct Semaphore {
    permits: Word,
    /// The largest number of permits.
    most: u32,
    /// The number of threads that sleep, or are about to: without any, a release makes no system
    /// call.
    waiting: AtomicU32,
}

/// The error of a release of a permit that was never acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// A permit, which is released when it is dropped, also while a panic unwinds.
#[derive(Debug)]
#[must_use = "dropped at once, it keeps no thread out"]
pub struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    const_fn! {
        /// Makes a semaphore with that number of permits; more may be released than were acquired,
        /// up to 2³² - 1.
        pub fn new(permits: u32) -> Self {
            Self::with_limit(permits, u32::MAX)
        }
    }

    const_fn! {
        /// Makes a semaphore that never has more permits than at the start.
        pub fn bounded(permits: u32) -> Self {
            Self::with_limit(permits, permits)
        }
    }

    const_fn! {
        pub(super) fn with_limit(permits: u32, most: u32) -> Self {
            Self { permits: Word::new(permits), most, waiting: AtomicU32::new(0) }
        }
    }

    /// Acquires a permit; blocks until there is one. Its ordering is that of `try_acquire`.
    pub fn acquire(&self) {
        if self.try_acquire() || BackOff::spin_until(|| self.try_acquire()) {
            return;
        }
        self.waiting.fetch_add(1, Relaxed);
        // Each side writes one variable and reads the other: a waiter `waiting`, then `permits`; a
        // release `permits`, then `waiting`. With a fence between the two on both sides, at least
        // one sees the other's write: the waiter sees the permit, or the release sees the waiter
        // and wakes it.
        fence(SeqCst);
        while !self.try_acquire() {
            self.permits.wait(0);
        }
        self.waiting.fetch_sub(1, Relaxed);
    }

    /// Acquires a permit as [`acquire`](Self::acquire) does, which is released with the [`Permit`].
    pub fn enter(&self) -> Permit<'_> {
        self.acquire();
        Permit(self)
    }

    /// Acquires a permit if there is one at this moment.
    ///
    /// # Memory ordering
    /// Acquire; its partner is the Release in `release`: what all threads did that released one
    /// before happens before.
    pub fn try_acquire(&self) -> bool {
        let mut now = self.permits.load(Relaxed);
        while now > 0 {
            match self.permits.compare_exchange_weak(now, now - 1, Acquire, Relaxed) {
                Ok(_) => return true,
                Err(changed) => now = changed,
            }
        }
        false
    }

    /// Releases a permit.
    ///
    /// # Errors
    /// There would be more permits than there may be; their number has not changed then.
    ///
    /// # Memory ordering
    /// Release, for the Acquire in `try_acquire`; the fence, for the one in `acquire`. A refusal is
    /// a Release, too: it writes the number that it finds, so that a thread that acquires one of
    /// those permits next sees what was done before. Without that write a signal is lost: the
    /// permit that seems to be there may just have been acquired by a thread that has not seen what
    /// it is to look at.
    pub fn release(&self) -> Result<(), TooMany> {
        let mut now = self.permits.load(Relaxed);
        loop {
            let next = if now == self.most { now } else { now + 1 };
            match self.permits.compare_exchange_weak(now, next, Release, Relaxed) {
                Ok(_) if next == now => return Err(TooMany),
                Ok(_) => break,
                Err(changed) => now = changed,
            }
        }
        fence(SeqCst);
        if self.waiting.load(Relaxed) > 0 {
            self.permits.wake_one();
        }
        Ok(())
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        // It fails where a permit too many was released already; this one must not be added then.
        let _ = self.0.release();
    }
}
