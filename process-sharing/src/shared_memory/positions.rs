//! How the two ends of a ring tell each other how far it has been written and read, and how one end
//! sleeps until the other moves on.
//!
//! | word | written by | means |
//! | --- | --- | --- |
//! | the header of a message | the producer | the message is there, or its first part; 0 until then |
//! | `tail` | the producer | the number of bytes that were ever published |
//! | `head` | the consumer | the number of those that were released again |
//!
//! Between `head` and `tail` the bytes are the consumer's; the rest of the ring is the producer's.
//! So neither waits for a lock. Positions are multiples of 8: an odd one means that its writer has
//! closed its end.
//!
//! The consumer polls the header of the next message, not `tail`: the header comes over together
//! with the message behind it, and `tail` is on one cache line more. It reads `tail` before it
//! sleeps, to see whether the producer has closed, and to see how much is there of a long message.
//!
//! # What is where the next header will be
//! Something old, which the consumer must not take for a header. So the producer writes 0 there
//! before it publishes the message in front of it. If that place is not free, for the ring is full
//! to the last byte, the header of the oldest message is there: it has another `LAP` than the next
//! one will have.
//!
//! # How an end sleeps
//! An end sleeps only after it has set `asleep`, and has then looked once more; the other end
//! publishes, and reads `asleep` after that. In any order, one of them sees the other, if each
//! write becomes visible before the read after it: that is what the fences are for. So a message to
//! an end that is awake needs no system call.
//!
//! The consumer does not wait for a fence each time it releases a place. It
//! [settles](Position::settle) that when there is no message, so it would wait anyway.
//!
//! An end sleeps on `asleep`, not on the position. The end that wakes clears `asleep` first, and may
//! be slow: by then the sleeper may have seen the new position by itself, used it up, and set
//! `asleep` again. That is cleared, and the wake-up comes too early for it. The futex finds
//! `asleep` changed, and does not let it sleep; the position would still be the same, and it would.
//!
//! # Source
//! One producer, one consumer, two indices: Leslie Lamport, "Proving the Correctness of
//! Multiprocess Programs", 1977. "Announce, fence, look again" is Dekker's, as told by E. W.
//! Dijkstra, 1965.

use std::time::Duration;

use super::patience::Patience;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicU64, fence};
use super::word::Word;

/// Set in a position: its writer has closed its end.
pub(crate) const CLOSED: u64 = 1;

/// The bit of a header that changes whenever the ring has come round.
pub(crate) const LAP: u64 = 1 << 63;

/// Returns the [`LAP`] of a header at this position, in a ring of this capacity, a power of two.
#[inline]
pub(crate) fn lap(position: u64, capacity: u64) -> u64 {
    if position & capacity == 0 { 0 } else { LAP }
}

/// Reads the header at a place; `None` if what is there is none, or that of the lap before.
///
/// # Memory ordering
/// Acquire; its partner is the Release in [`Position::publish`]: the bytes of the message were
/// written before its header.
#[inline]
pub(crate) fn header(place: &AtomicU64, lap: u64) -> Option<u64> {
    Some(place.load(Acquire)).filter(|there| *there != 0 && there & LAP == lap)
}

/// Why an end waits in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The other end was closed.
    Closed,
    /// The process of the other end is dead.
    Died,
}

/// The timeout of a sleep, after which an end checks whether the other one still lives.
const CHECK: Duration = Duration::from_millis(10);

/// A value on cache lines of its own, which the other end seldom writes to: two, since processors
/// fetch them in pairs.
#[derive(Debug, Default)]
#[repr(C, align(128))]
pub(super) struct Line<T>(pub(super) T);

/// One end's position, and whether the other end sleeps until it changes.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Position {
    /// The position; odd when its writer has closed its end.
    pub(super) at: Line<AtomicU64>,
    /// 1 if the other end sleeps, or is about to; 0 if not.
    pub(super) asleep: Line<Word>,
}

impl Position {
    /// Returns the position.
    ///
    /// # Memory ordering
    /// Acquire; its partner is the Release of whoever moves it: the bytes before `tail` were
    /// written before it says so, and those before `head` have been read.
    #[inline]
    pub fn look(&self) -> u64 {
        self.at.0.load(Acquire)
    }

    /// Publishes a message, or the next part of one, for the producer: moves the position, writes
    /// the header, and wakes the consumer if it sleeps.
    ///
    /// # Memory ordering
    /// Release, for the Acquire in [`look`](Self::look) and in [`header`]. A fence follows, as in
    /// [`settle`](Self::settle).
    #[inline]
    pub(crate) fn publish(&self, at: u64, place: &AtomicU64, header: u64) {
        self.at.0.store(at, Release);
        place.store(header, Release);
        self.settle();
    }

    /// Moves the position, and wakes the other end if it is seen to sleep. If it falls asleep just
    /// now, that is missed: [`settle`](Self::settle) sees to it, and has to be called soon. Until
    /// then, the other end wakes by itself after 10 ms.
    ///
    /// # Memory ordering
    /// Release, for the Acquire in [`look`](Self::look).
    #[inline]
    pub fn move_to(&self, at: u64) {
        self.at.0.store(at, Release);
        self.rouse_if_asleep();
    }

    /// Wakes the other end if it sleeps, and has not seen what was written before.
    ///
    /// # Memory ordering
    /// The fence is `SeqCst`; its partner is the one in [`wait`](Self::wait): either this end reads
    /// that the other sleeps, or the other reads what this one has written before it does.
    #[inline]
    pub fn settle(&self) {
        fence(SeqCst);
        self.rouse_if_asleep();
    }

    /// Closes the end of the position's writer, which was there last.
    pub fn close(&self, at: u64) {
        self.move_to(at | CLOSED);
        self.settle();
    }

    #[inline]
    fn rouse_if_asleep(&self) {
        if self.asleep.0.load(Relaxed) != 0 {
            self.rouse();
        }
    }

    #[cold]
    fn rouse(&self) {
        // Cleared here, not by the end that is woken: that takes a while, and until then each move
        // would be a system call.
        self.asleep.0.store(0, Relaxed);
        self.asleep.0.wake();
    }

    /// Waits, for the end that reads it, until `there` returns what it waits for, and returns that.
    /// Before it spins or sleeps, it [settles](Self::settle) what this end has moved, its `own`
    /// position.
    ///
    /// # Errors
    /// The other end was closed, or is dead, and what this one waits for is not there.
    ///
    /// # Blocking
    /// Until the other end moves on, closes, or is found dead, which `is_alive` tells every 10 ms.
    pub fn wait<T>(
        &self,
        own: &Self,
        patience: &mut Patience,
        there: impl Fn() -> Option<T>,
        is_alive: impl Fn() -> bool,
    ) -> Result<T, Gone> {
        let spin = || {
            own.settle();
            patience.spin(&there)
        };
        if let Some(there) = there().or_else(spin) {
            return Ok(there);
        }
        let is_closed = || self.look() & CLOSED != 0;
        // It may have moved on just before it was closed, so this end looks once more.
        let over = || there().map(Ok).or_else(|| is_closed().then(|| there().ok_or(Gone::Closed)));
        loop {
            self.asleep.0.store(1, Relaxed);
            fence(SeqCst);
            if let Some(over) = over() {
                self.asleep.0.store(0, Relaxed);
                return over;
            }
            patience.sleeps += 1;
            let in_time = self.asleep.0.wait(1, Some(CHECK));
            if let Some(over) = over() {
                self.asleep.0.store(0, Relaxed);
                return over;
            }
            // It may have moved just before it died, so this end looks once more.
            if !in_time && !is_alive() {
                return there().ok_or(Gone::Died);
            }
        }
    }
}
