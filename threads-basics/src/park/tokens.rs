//! A token is kept until it is taken, and there is never more than one.

use super::{Meeting, lie_down, start, wait_for, wake};

/// Unparks `t1` before it parks: the token is kept, and `park` returns at once. A wake-up is not
/// lost.
///
/// # Blocking
/// For ever, if it were.
pub fn kept(meeting: &Meeting) {
    parked(1, meeting);
}

/// Unparks `t1` twice before it parks twice: two tokens make one.
///
/// # Blocking
/// For ever, in the second `park`.
pub fn not_counted(meeting: &Meeting) {
    parked(2, meeting);
}

fn parked(times: u32, meeting: &Meeting) {
    let theirs = meeting.clone();
    let t1 = start("t1", move || {
        theirs.meet();
        for _ in 0..times {
            lie_down();
            tracing::info!("has been woken");
        }
    });
    for _ in 0..times {
        wake(&t1);
    }
    meeting.meet();
    wait_for(t1);
}
