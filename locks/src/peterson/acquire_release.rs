//! Stores Release, loads Acquire, as a lock's are: not enough here. Both threads get in.
//!
//! Release keeps what comes *before* a store before it, Acquire what comes *after* a load after it.
//! A store and then a load of another variable, announcing and looking, is the one pair that
//! neither keeps in order.

use super::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Acquire, Ordering::Release};

/// Is meant to let one of two threads in.
#[derive(Debug)]
pub struct Peterson {
    /// Whether thread 0, and thread 1, wants in or is inside.
    wants: [AtomicBool; 2],
    /// Whose turn it is if both want in: the one who did not ask last.
    turn: AtomicUsize,
}

impl Default for Peterson {
    /// Makes a lock that nobody holds.
    fn default() -> Self {
        Self { wants: [AtomicBool::new(false), AtomicBool::new(false)], turn: AtomicUsize::new(0) }
    }
}

impl Peterson {
    /// Says that thread `me` wants in, and gives way to the other one.
    pub fn ask(&self, me: usize) {
        self.wants[me].store(true, Release);
        self.turn.store(1 - me, Release);
    }

    /// Looks once whether thread `me`, which has asked, may go in.
    ///
    /// # Memory ordering
    /// Acquire, for the Release store in `leave`. But the stores of `ask` may still be on their
    /// way: the other thread looks too, and sees neither.
    pub fn may_enter(&self, me: usize) -> bool {
        !self.wants[1 - me].load(Acquire) || self.turn.load(Acquire) == me
    }

    /// Lets the other thread in.
    pub fn leave(&self, me: usize) {
        self.wants[me].store(false, Release);
    }
}
