//! How far a ring has been written and read: two positions that only grow, and how one end sleeps
//! until the other moves on.
//!
//! | position | written by | means |
//! | --- | --- | --- |
//! | `tail` | the producer | the number of bytes that were ever published |
//! | `head` | the consumer | the number of those that were released again |
//!
//! Between `head` and `tail` the bytes are the consumer's; the rest of the ring is the producer's.
//! So neither waits for a lock. Positions are multiples of 8: an odd one means that its writer has
//! closed its end.
//!
//! An end sleeps only after it has set `asleep`, and has then read the position once more; the other
//! end moves its position, and reads `asleep` after that. In any order, one of them sees the other,
//! if each write becomes visible before the read after it: that is what the two fences are for. So
//! a message to an end that is awake needs no system call.
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
    /// Acquire; its partner is the Release in [`move_to`](Self::move_to): the bytes of a message
    /// were written before `tail` says so, and they have been read before `head` does.
    #[inline]
    pub fn look(&self) -> u64 {
        self.at.0.load(Acquire)
    }

    /// Moves the position, for the end that owns it, and wakes the other end if it sleeps; tells
    /// whether it did.
    ///
    /// # Memory ordering
    /// Release, for the Acquire in [`look`](Self::look). The fence is `SeqCst`; its partner is the
    /// one in [`wait`](Self::wait): either this end reads that the other sleeps, or the other reads
    /// the new position before it does.
    #[inline]
    pub fn move_to(&self, at: u64) -> bool {
        self.at.0.store(at, Release);
        fence(SeqCst);
        self.asleep.0.load(Relaxed) != 0 && self.rouse()
    }

    #[cold]
    fn rouse(&self) -> bool {
        // Cleared here, not by the end that is woken: that takes a while, and until then each move
        // would be a system call.
        self.asleep.0.store(0, Relaxed);
        self.asleep.0.wake()
    }

    /// Waits, for the end that reads it, until the position is no longer `seen`, and returns the new
    /// one; `None` if the other end is dead. While it spins, it calls `meanwhile`, which may fetch
    /// what the end will need next.
    ///
    /// # Blocking
    /// Until the other end moves on, closes, or is found dead, which `is_alive` tells every 10 ms.
    pub fn wait(
        &self,
        seen: u64,
        patience: &mut Patience,
        meanwhile: impl Fn(),
        is_alive: impl Fn() -> bool,
    ) -> Option<u64> {
        let moved = || Some(self.look()).filter(|now| *now != seen);
        if let Some(now) = moved().or_else(|| patience.spin(meanwhile, moved)) {
            return Some(now);
        }
        loop {
            self.asleep.0.store(1, Relaxed);
            fence(SeqCst);
            if let Some(now) = moved() {
                self.asleep.0.store(0, Relaxed);
                return Some(now);
            }
            patience.sleeps += 1;
            let in_time = self.asleep.0.wait(1, Some(CHECK));
            if let Some(now) = moved() {
                self.asleep.0.store(0, Relaxed);
                return Some(now);
            }
            // It may have moved just before it died, so the position is read once more.
            if !in_time && !is_alive() {
                return moved();
            }
        }
    }
}
