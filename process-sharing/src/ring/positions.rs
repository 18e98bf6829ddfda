//! How far a ring has been written and read: two numbers that only grow, and how one end sleeps
//! until the other moves on.
//!
//! | number | written by | means |
//! | --- | --- | --- |
//! | `tail` | the producer | so many bytes were ever published |
//! | `head` | the consumer | so many of them were given back |
//!
//! Between `head` and `tail` the bytes are the consumer's; the rest of the ring is the producer's.
//! So neither waits for a lock. Positions are multiples of 8: an odd one says that whoever writes
//! it has closed its end.
//!
//! An end sleeps only after it has said so in `asleep`, and has looked once more; and who moves a
//! number looks at `asleep` after that. Whatever the order, one of them sees the other, if each
//! lets its write become visible before it reads: that is what the two fences are for. So a message
//! to one that is awake calls no kernel.
//!
//! It is `asleep` that an end sleeps on, not the number. Who wakes takes the note back first, and
//! may be slow: by then the sleeper may have seen the new number by itself, used it up, and left a
//! new note. That one is taken back, and the wake comes too early for it. The kernel finds the note
//! gone, and does not let it sleep; the number would still be what it was, and it would.
//!
//! Everything that one end writes often lies on a cache line that the other one seldom writes.
//!
//! # Source
//! One producer, one consumer, two indices: Leslie Lamport, "Proving the Correctness of
//! Multiprocess Programs", 1977. "Announce, fence, look again" is Dekker's, as told by E. W.
//! Dijkstra, 1965.

use std::time::Duration;

use super::hint;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicU64, fence};
use super::word::Word;

/// Set in a position: its writer has closed its end.
pub(crate) const CLOSED: u64 = 1;

/// How long an end sleeps before it looks whether the other one still lives.
const LOOK: Duration = Duration::from_millis(10);

/// Keeps what it holds on cache lines of its own: two, since processors fetch them in pairs.
#[derive(Debug)]
#[repr(C, align(128))]
pub(super) struct Line<T>(pub(super) T);

/// One end's number, and whether the other end sleeps until it changes.
#[derive(Debug)]
#[repr(C)]
pub struct Position {
    /// The number; odd when its writer has closed its end.
    pub(super) at: Line<AtomicU64>,
    /// 1 if the other end sleeps, or is about to; 0 if not.
    pub(super) asleep: Line<Word>,
}

impl Default for Position {
    /// Makes the position at which nothing has moved.
    fn default() -> Self {
        Self { at: Line(AtomicU64::new(0)), asleep: Line(Word::new(0)) }
    }
}

impl Position {
    /// Looks where the other end is.
    ///
    /// # Memory ordering
    /// Acquire; its partner is the Release in [`move_to`](Self::move_to): the bytes of a message
    /// were written before `tail` says so, and they have been read before `head` does.
    #[inline]
    pub fn look(&self) -> u64 {
        self.at.0.load(Acquire)
    }

    /// Moves on, and wakes the other end if it sleeps; tells whether it did. For the end that owns
    /// the number.
    ///
    /// # Memory ordering
    /// Release, for the Acquire in [`look`](Self::look). The fence is `SeqCst`; its partner is the
    /// one in [`wait`](Self::wait): either this end reads that the other sleeps, or the other reads
    /// the new number before it does.
    #[inline]
    pub fn move_to(&self, at: u64) -> bool {
        self.at.0.store(at, Release);
        fence(SeqCst);
        self.asleep.0.load(Relaxed) != 0 && self.rouse()
    }

    #[cold]
    fn rouse(&self) -> bool {
        // Taken back here, not by who is woken: that takes a while, and until then each move would
        // call the kernel.
        self.asleep.0.store(0, Relaxed);
        self.asleep.0.wake()
    }

    /// Waits until the number is no longer `seen`, and returns the new one; `None` if the other end
    /// is dead. For the end that reads the number.
    ///
    /// # Blocking
    /// Until the other end moves on, closes, or is found dead, which `is_alive` is asked every 10
    /// ms.
    ///
    /// # Memory ordering
    /// That of [`look`](Self::look).
    pub fn wait(
        &self,
        seen: u64,
        patience: &mut Patience,
        is_alive: impl Fn() -> bool,
    ) -> Option<u64> {
        let moved = || Some(self.look()).filter(|now| *now != seen);
        if let Some(now) = moved().or_else(|| patience.look_for_a_while(moved)) {
            return Some(now);
        }
        loop {
            self.asleep.0.store(1, Relaxed);
            fence(SeqCst);
            if let Some(now) = moved() {
                // The other end may call the kernel once for nobody.
                self.asleep.0.store(0, Relaxed);
                return Some(now);
            }
            patience.sleeps += 1;
            let in_time = self.asleep.0.wait(1, Some(LOOK));
            if let Some(now) = moved() {
                self.asleep.0.store(0, Relaxed);
                return Some(now);
            }
            // What it did last, it did before it died: so it is looked at once more.
            if !in_time && !is_alive() {
                return moved();
            }
        }
    }
}

/// Says for how long an end looks before it sleeps: as long as that has paid lately.
///
/// If the other end is awake, its answer is there sooner than the kernel could be called: to sleep
/// would cost twenty times as much. If it is not, all looking is in vain. Which of the two it is
/// cannot be known, but what was true of the last wait is likely to be true of the next: so a wait
/// that was over in time doubles the limit, and one that was not halves it. Now and then, an end
/// looks for long all the same: otherwise two that sleep would never find out that both could be
/// awake.
#[derive(Debug)]
pub struct Patience {
    limit: u32,
    waits: u32,
    /// How often it was in vain.
    pub(crate) sleeps: u64,
    most: u32,
}

impl Patience {
    /// The least number of looks.
    const LEAST: u32 = 4;
    /// What it begins with again when it has paid: a message comes back in about ten looks.
    const SOME: u32 = 64;
    /// Every so many waits, an end looks for as long as it ever does.
    const TRY_AGAIN: u32 = 1024;

    /// Begins with as many looks as there can be, which are `most`: if they are in vain, they are
    /// soon fewer.
    pub fn new(most: u32) -> Self {
        Self { limit: most, waits: 0, sleeps: 0, most }
    }

    #[inline]
    fn look_for_a_while(&mut self, look: impl Fn() -> Option<u64>) -> Option<u64> {
        self.waits = self.waits.wrapping_add(1);
        let limit = if self.waits.is_multiple_of(Self::TRY_AGAIN) { self.most } else { self.limit };
        for _ in 0..limit {
            hint::spin_loop();
            if let Some(seen) = look() {
                self.limit = (self.limit * 2).max(Self::SOME).min(self.most);
                return Some(seen);
            }
        }
        self.limit = (self.limit / 2).max(Self::LEAST.min(self.most));
        None
    }
}
