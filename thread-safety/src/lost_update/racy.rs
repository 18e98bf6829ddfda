//! The counter is read, then written: two steps, each of them atomic, both together not.
//!
//! What another thread writes in between is overwritten. No stronger ordering helps: the model
//! checker takes every one of these operations as `SeqCst`, and finds the loss all the same.

use std::hint::black_box;

use super::sync::Arc;
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::{Plan, on_each_thread};

/// Adds each thread's change to a counter as often as the plan says; returns what the counter shows
/// in the end.
///
/// # Memory ordering
/// `Relaxed`: nothing but the counter is shared, and joining the threads makes their last writes
/// visible.
pub fn run(plan: &Plan) -> i64 {
    let counter = Arc::new(AtomicI64::new(0));
    on_each_thread(
        plan,
        |_| Arc::clone(&counter),
        |counter, change, window| {
            // With optimisation, rustc would make one instruction of the read and the write. Two
            // cores lose updates by it all the same; one core cannot be interrupted within it.
            let read = black_box(counter.load(Relaxed));
            window.between(format_args!("read {read}"));
            let sum = read + change;
            counter.store(sum, Relaxed);
            window.after(format_args!("wrote {sum}"));
        },
    );
    counter.load(Relaxed)
}
