//! Processes that add 1 to a number which they share: each reads it, and writes what it read plus
//! 1.
//!
//! The forms have the same `add`. Real processes have the [`Tally`] in shared memory; a model
//! checker's threads stand for them.

use super::robust::RawRobustLock;
use super::sync::atomic::AtomicU64;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

pub mod fetch_added;
pub mod locked;
pub mod unlocked;

/// The number, what guards it, and the window between reading and writing it.
#[derive(Debug)]
#[repr(C)]
pub struct Tally {
    /// Relaxed all over: nothing is read on its strength, and the last look at it comes after all
    /// who added have ended.
    number: AtomicU64,
    lock: RawRobustLock,
    window: Window,
}

/// Widens the moment between reading the number and writing it: the first who come to it wait there
/// for each other. On its own, it lasts a nanosecond, and two processes meet in it seldom.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Window {
    wanted: AtomicU64,
    arrived: Word,
}

impl Tally {
    /// Begins with 0.
    pub fn new() -> Self {
        let window = Window { wanted: AtomicU64::new(0), arrived: Word::new(0) };
        Self { number: AtomicU64::new(0), lock: RawRobustLock { word: Word::new(0) }, window }
    }

    /// Keeps the first two who come to the window there until both have come; all others pass. For
    /// forms in which two can come.
    pub fn widen(&self) {
        self.window.wanted.store(2, Relaxed);
    }

    /// Reads the number, and says what it has read.
    fn read(&self) -> u64 {
        let read = self.number.load(Relaxed);
        tracing::info!("reads {read}");
        read
    }

    /// Writes the number, and says what.
    fn write(&self, number: u64) {
        self.number.store(number, Relaxed);
        tracing::info!("writes {number}");
    }

    /// Returns the number.
    pub fn number(&self) -> u64 {
        self.number.load(Relaxed)
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl Window {
    fn pause(&self) {
        let wanted = self.wanted.load(Relaxed);
        if wanted == 0 {
            return;
        }
        // Release, for the Acquire below: who goes on comes after what the other did before it
        // came.
        let mut arrived = self.arrived.fetch_add(1, Release) + 1;
        self.arrived.wake();
        while arrived < wanted {
            self.arrived.wait(arrived, None);
            arrived = self.arrived.load(Acquire);
        }
    }
}
