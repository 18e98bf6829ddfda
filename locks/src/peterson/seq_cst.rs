//! Every load and store `SeqCst`: all threads agree on one order of them, and in it a thread's
//! announcement comes before its look.
//!
//! Whoever announced last finds the other's announcement, and has given way last. On x86 it is the
//! *stores* that this changes: each becomes an exchange, which empties the store buffer before the
//! next load.

use super::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

/// Lets one of two threads in.
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
    ///
    /// # Memory ordering
    /// `SeqCst`, for the `SeqCst` loads of the other thread's `may_enter`: if our look there comes
    /// first in the one order, its announcement comes after, and its look finds ours.
    pub fn ask(&self, me: usize) {
        self.wants[me].store(true, SeqCst);
        self.turn.store(1 - me, SeqCst);
    }

    /// Looks once whether thread `me`, which has asked, may go in.
    ///
    /// # Memory ordering
    /// `SeqCst`, as `ask` says; and it includes Acquire, whose partner is the store in `leave`.
    pub fn may_enter(&self, me: usize) -> bool {
        !self.wants[1 - me].load(SeqCst) || self.turn.load(SeqCst) == me
    }

    /// Lets the other thread in.
    ///
    /// # Memory ordering
    /// `SeqCst` includes Release, for the load in the other's `may_enter`: what was done inside
    /// comes before.
    pub fn leave(&self, me: usize) {
        self.wants[me].store(false, SeqCst);
    }
}
