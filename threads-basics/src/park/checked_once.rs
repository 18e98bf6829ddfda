//! `if` it is not there, park: who is woken takes it for granted that the letter is there.

use super::{Duration, Letters, Meeting, lie_down, two_letters};

/// Takes two letters: the first one twice, where a token is left over.
pub fn run(meeting: &Meeting, pace: Duration) -> [u32; 2] {
    two_letters(meeting, pace, wait)
}

fn wait(letters: &Letters, number: u32) {
    if !letters.has_come(number) {
        lie_down();
    }
}
