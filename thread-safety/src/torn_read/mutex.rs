//! A mutex: who wants to read while the pair is written waits until it is. It serves for any value; reading writes to the lock.

use std::sync::PoisonError;

use super::sync::{Arc, Mutex, MutexGuard};
use super::{Plan, Seen, two};

/// Writes on t1 and reads on t2, as the plan says; returns what t2 has read.
pub fn run(plan: &Plan) -> Seen {
    let pair = Arc::new(Mutex::new([0, 0]));
    two(
        plan,
        &pair,
        |pair, number, interlude| {
            let mut held = lock(pair);
            held[0] = number;
            interlude.middle(format_args!("wrote {number} on the left"));
            held[1] = number;
            drop(held);
            interlude.say(format_args!("wrote {number} on the right"));
        },
        |pair| Some(*lock(pair)),
    )
}

/// Takes the lock. A pair is never left half written by a panic: none can come in between.
fn lock(pair: &Mutex<[u64; 2]>) -> MutexGuard<'_, [u64; 2]> {
    pair.lock().unwrap_or_else(PoisonError::into_inner)
}
