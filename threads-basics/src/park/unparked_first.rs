//! First woken, then given the letter: who looks again in between finds nothing, and lies down for
//! good.

use super::{Arc, Letters, Meeting, lie_down, start, wait_for, wake};

/// Wakes `t1`, and puts the letter into the box afterwards.
///
/// # Blocking
/// For ever, if t1 looks in between.
pub fn run(meeting: &Meeting) -> u32 {
    let letters = Letters::new(meeting);
    let theirs = Arc::clone(&letters);
    let t1 = start("t1", move || {
        while !theirs.has_come(1) {
            lie_down();
        }
        theirs.take()
    });
    wake(&t1);
    // It has looked in vain before that, or after; and once more since.
    meeting.meet();
    letters.put(10);
    wait_for(t1)
}
