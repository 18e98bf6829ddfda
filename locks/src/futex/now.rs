//! Sleeps as long as the word is what it is now: which may be "free", and then nobody will wake who sleeps.

use super::{Duration, Meeting, Relaxed};

/// Lets two threads take the lock, the second while the first is inside for `pace`; returns how many got in.
///
/// # Blocking
/// For ever, if the first gives it back between the second one's look and its sleep.
pub fn run(meeting: &Meeting, pace: Duration) -> u32 {
    super::run(meeting, pace, |word| {
        word.wait(word.load(Relaxed), None);
    })
}
