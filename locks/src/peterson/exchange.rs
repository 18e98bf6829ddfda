//! Acquire and Release, and the turn given away by an exchange: a read-modify-write sees the latest
//! value, always.
//!
//! Of two exchanges of `turn`, the second reads what the first has written, and so comes after all
//! that the first thread did before: it sees that the first one wants in, and that it has given way
//! last. One instruction in place of an order that all threads agree on; but no longer "loads and
//! stores alone".

use super::sync::atomic::{
    AtomicBool, AtomicUsize, Ordering::AcqRel, Ordering::Acquire, Ordering::Release,
};

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
    /// The exchange is its own partner: its Release publishes `wants`, the Acquire of the exchange
    /// that comes next sees it.
    pub fn ask(&self, me: usize) {
        self.wants[me].store(true, Release);
        self.turn.swap(1 - me, AcqRel);
    }

    /// Looks once whether thread `me`, which has asked, may go in.
    ///
    /// # Memory ordering
    /// Acquire, for the Release store in `leave`, or, by way of `turn`, for the other's exchange,
    /// which comes after its `leave`.
    pub fn may_enter(&self, me: usize) -> bool {
        !self.wants[1 - me].load(Acquire) || self.turn.load(Acquire) == me
    }

    /// Lets the other thread in.
    pub fn leave(&self, me: usize) {
        self.wants[me].store(false, Release);
    }
}
