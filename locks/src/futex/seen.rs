//! Sleeps as long as the word is what it was seen to be, "taken": if it no longer is, not at all.

use super::{Cues, Duration};

/// Lets two threads take the lock, the second while the first is inside for `pace`; returns how
/// many got in.
pub fn run(cues: &Cues, pace: Duration) -> u32 {
    super::run(cues, pace, |word| {
        word.wait(1, None);
    })
}
