//! `while` it is not there, park: who is woken looks again.

use super::{Duration, Letters, Meeting, lie_down, two_letters};

/// Takes two letters.
pub fn run(meeting: &Meeting, pace: Duration) -> [u32; 2] {
    two_letters(meeting, pace, wait)
}

fn wait(letters: &Letters, number: u32) {
    while !letters.has_come(number) {
        lie_down();
    }
}
