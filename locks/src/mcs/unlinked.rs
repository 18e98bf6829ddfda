//! Whoever finds no link goes away: the one that was about to link itself is never told.

use super::{Duration, Line, Meeting};

/// Lets two threads take the lock, the second while the first is inside for `pace`; returns how many got in.
///
/// # Blocking
/// For ever, if the first looks for a link before the second has made it.
pub fn run(meeting: &Meeting, pace: Duration) -> u32 {
    super::run(meeting, pace, give_back)
}

fn give_back(line: &Line, me: usize) {
    if let Some(next) = line.next(me) {
        line.give_to(next);
    } else if !line.leave(me) {
        tracing::info!("finds no link");
        line.meeting.wait();
        // Someone is behind, and has not said who. What now?
    }
}
