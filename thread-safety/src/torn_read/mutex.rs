//! A mutex: who wants to read while the pair is written waits until it is. It serves for any value;
//! reading writes to the lock.

use super::sync::{Arc, Mutex};
use super::{Plan, Seen, take, two};

/// Writes on t1 and reads on t2, as the plan says; returns what t2 has read.
///
/// # Blocking
/// While the other thread holds the lock.
pub fn run(plan: &Plan) -> Seen {
    let pair = Arc::new(Mutex::new([0, 0]));
    two(
        plan,
        &pair,
        |pair, number, window| {
            let mut held = take(window, "the lock", pair);
            held[0] = number;
            window.between(format_args!("wrote {number} on the left"));
            held[1] = number;
            drop(held);
            window.after(format_args!("wrote {number} on the right"));
        },
        |pair, window| Some(*take(window, "the lock", pair)),
    )
}
