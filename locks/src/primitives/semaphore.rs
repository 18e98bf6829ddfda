//! A counting semaphore: so many permits, and who finds none waits for one.
//!
//! | `permits` | `waiting` | meaning |
//! | --- | --- | --- |
//! | n > 0 | 0 | n more may take a permit |
//! | 0 | 0 | all are taken |
//! | 0 | m | m threads sleep, or are about to, until a permit is given back |
//! | n > 0 | m | some were given back; who sleeps is being woken, and a thread that comes along may be faster |
//!
//! A permit belongs to no thread: one may take it and another give it back. That is what makes a
//! semaphore a signal, and what a mutex is not. It also means that one can be given back that
//! nobody took; [`Semaphore::bounded`] refuses that, and [`Permit`] cannot do it.
//!
//! The idea is Dijkstra's (1965), with P for `acquire` and V for `release`.
//!
//! ```
//! use locks::real::primitives::semaphore::Semaphore;
//!
//! let connections = Semaphore::bounded(2);
//! let (one, other) = (connections.enter(), connections.enter());
//! assert!(!connections.try_acquire(), "no third at the same time");
//! drop((one, other));
//! assert!(connections.release().is_err(), "all are back already");
//! ```
//!
//! # Relationship with std
//! std has none. In earnest, take `tokio::sync::Semaphore` in async code; between threads, a
//! bounded channel or a pool of N workers says "at most N" without anybody counting.
//!
//! # Fairness
//! None: a permit that is given back may go to a thread that just came along.

use std::time::{Duration, Instant};

use super::const_fn;
use super::parking::look_for_a_while;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicU32, fence};
use super::word::Word;

/// Counts permits.
#[derive(Debug)]
pub struct Semaphore {
    permits: Word,
    /// How many permits there may be.
    most: u32,
    /// How many sleep, or are about to: without any, a release calls no kernel.
    waiting: AtomicU32,
}

/// Says that a permit was given back that nobody had taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// Holds a permit; dropping it gives it back, also while a panic unwinds.
#[derive(Debug)]
#[must_use = "dropped at once, it keeps nobody out"]
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
        /// Makes a semaphore that has `permits` permits now, and never more than `most`.
        pub(super) fn with_limit(permits: u32, most: u32) -> Self {
            Self { permits: Word::new(permits), most, waiting: AtomicU32::new(0) }
        }
    }

    /// Takes a permit.
    ///
    /// # Blocking
    /// Until there is one.
    pub fn acquire(&self) {
        self.acquire_until(None);
    }

    /// Takes a permit within a time; `false` if there was none.
    ///
    /// # Blocking
    /// Until there is one, and no longer than `patience`.
    pub fn acquire_timeout(&self, patience: Duration) -> bool {
        // A time that the clock has no room for is as good as none.
        self.acquire_until(Instant::now().checked_add(patience))
    }

    /// Takes a permit, and gives it back when the [`Permit`] is dropped.
    ///
    /// # Blocking
    /// Until there is one.
    pub fn enter(&self) -> Permit<'_> {
        self.acquire();
        Permit(self)
    }

    /// Takes a permit if there is one at this moment.
    ///
    /// # Memory ordering
    /// Acquire; its partner is the Release in `release`: who takes a permit comes after what was
    /// done by all who gave one back before.
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

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        if self.try_acquire() || look_for_a_while(|| self.try_acquire()) {
            return true;
        }
        self.waiting.fetch_add(1, Relaxed);
        // Each side writes one variable and reads the other: we `waiting`, then `permits`; a
        // release `permits`, then `waiting`. With a fence between the two on both sides, at least
        // one sees the other's write: either we see its permit, or it sees us and wakes us.
        fence(SeqCst);
        let taken = loop {
            if self.try_acquire() {
                break true;
            }
            if !self.permits.wait(0, deadline) {
                break self.try_acquire();
            }
        };
        self.waiting.fetch_sub(1, Relaxed);
        taken
    }

    /// Gives a permit back.
    ///
    /// # Errors
    /// If there would be more permits than there may be; their number has not changed then.
    ///
    /// # Memory ordering
    /// Release, for the Acquire in `try_acquire`; the fence, for the one in `acquire`. A refusal is
    /// a Release, too: it writes the number that it finds, so the thread that acquires one of those
    /// permits next sees what was done before. Without that write a signal is lost: the permit that
    /// seems to be there may just have been acquired by a thread that has not seen what it is to
    /// look at.
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
        // It fails where someone gave back a permit too many already; ours then is the one that
        // must not be added.
        let _ = self.0.release();
    }
}
