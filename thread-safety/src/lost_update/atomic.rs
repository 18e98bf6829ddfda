//! The counter is read and written in one step, which the processor has an instruction for: there
//! is no moment in between.
//!
//! It serves for what the processor can do in one step to one word: add, subtract, and, or, swap,
//! the greater, the smaller.

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
            let read = counter.fetch_add(change, Relaxed);
            let sum = read + change;
            window.after(format_args!("made {read} into {sum}"));
        },
    );
    counter.load(Relaxed)
}
