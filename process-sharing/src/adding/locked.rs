//! Reads and writes with the lock in hand: nobody reads in between.

use super::{Relaxed, Tally};

/// Adds 1.
pub fn add(tally: &Tally) {
    tally.lock.lock();
    let read = tally.number.load(Relaxed);
    tally.number.store(read + 1, Relaxed);
    tally.lock.unlock(true);
}
