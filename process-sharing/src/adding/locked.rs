//! Reads and writes with the lock in hand: nobody reads in between.

use super::Tally;

/// Adds 1.
pub fn add(tally: &Tally) {
    tally.lock.lock();
    let read = tally.read();
    tally.write(read + 1);
    tally.lock.unlock(true);
}
