//! Whoever finds no link goes away: the one that was about to link itself is never told.

use super::{Cues, Duration, Line};

/// Lets two threads take the lock, the second while the first is inside for `pace`; returns how
/// many got in.
///
/// # Blocking
/// For ever, if the first looks for a link before the second has made it.
pub fn run(cues: &Cues, pace: Duration) -> u32 {
    super::run(cues, pace, give_back)
}

fn give_back(line: &Line, me: usize) {
    if let Some(next) = line.next(me) {
        line.give_to(next);
    } else if !line.leave(me) {
        tracing::info!("finds no link");
        line.cues.meet();
        // Someone is behind, and has not said who. What now?
    }
}
