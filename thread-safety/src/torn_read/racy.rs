//! The halves are written one after the other, and read so: each of them is atomic, the pair is
//! not.
//!
//! No stronger ordering helps. What is torn is often larger than what the processor can do in one
//! step: 16 bytes on most, 8 on small ones, a struct of two fields anywhere.

use super::sync::Arc;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::{Plan, Seen, two};

/// Writes on t1 and reads on t2, as the plan says; returns what t2 has read.
///
/// # Memory ordering
/// `Relaxed`: a stronger one would say in which order the halves are seen, and still not make them
/// one.
pub fn run(plan: &Plan) -> Seen {
    let pair = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    two(
        plan,
        &pair,
        |[left, right], number, window| {
            left.store(number, Relaxed);
            window.between(format_args!("wrote {number} on the left"));
            right.store(number, Relaxed);
            window.after(format_args!("wrote {number} on the right"));
        },
        |[left, right], _| Some([left.load(Relaxed), right.load(Relaxed)]),
    )
}
