//! Sleeps as long as the word is what it is now: which may be "free", and then nobody will wake who
//! sleeps.

use super::{Cues, Duration, Relaxed};

/// Lets two threads take the lock, the second while the first is inside for `pace`; returns how
/// many got in.
///
/// # Blocking
/// For ever, if the first gives it back between the second one's look and its sleep.
pub fn run(cues: &Cues, pace: Duration) -> u32 {
    super::run(cues, pace, |word| {
        word.wait(word.load(Relaxed), None);
    })
}
