//! A sequence lock: who reads while the pair is written notices it and comes again. Readers write
//! nothing.

use super::seq_lock::SeqLock;
use super::sync::Arc;
use super::{Plan, Seen, two};

/// Writes on t1 and tries to read on t2, as the plan says; returns what t2 has read.
pub fn run(plan: &Plan) -> Seen {
    let pair = Arc::new(SeqLock::new([0, 0]));
    two(
        plan,
        &pair,
        |pair, number, window| {
            let mut writing = pair.write();
            writing.set(0, number);
            window.between(format_args!("wrote {number} on the left"));
            writing.set(1, number);
            drop(writing);
            window.after(format_args!("wrote {number} on the right"));
        },
        |pair, _| pair.try_read(),
    )
}
