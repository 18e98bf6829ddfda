//! Reads, and writes: who read in between read the same, and one of the two is lost.

use super::{Relaxed, Tally};

/// Adds 1, unless another did at the same time.
pub fn add(tally: &Tally) {
    let read = tally.number.load(Relaxed);
    tally.window.pause();
    tally.number.store(read + 1, Relaxed);
}
