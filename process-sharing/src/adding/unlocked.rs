//! Reads, and writes: a process that reads in between reads the same, and one of the two additions
//! is lost.

use super::Tally;

/// Adds 1, unless another did at the same time.
pub fn add(tally: &Tally) {
    let read = tally.read();
    tally.window.pause();
    tally.write(read + 1);
}
