//! The counter is written only if it still shows what was read; if not, the thread begins again
//! with what it shows now.
//!
//! It serves for any change to one word, also where the processor has no instruction for the change
//! itself. Somebody always gets on: who fails has been overtaken. What it does not notice is a
//! value that has changed and changed back. std has this loop as `fetch_update`.

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
            let mut read = counter.load(Relaxed);
            loop {
                window.between(format_args!("read {read}"));
                let sum = read + change;
                // The weak one may fail for no reason, on processors where that makes it cheaper.
                match counter.compare_exchange_weak(read, sum, Relaxed, Relaxed) {
                    Ok(_) => return window.after(format_args!("made {read} into {sum}")),
                    Err(now) => read = now,
                }
            }
        },
    );
    counter.load(Relaxed)
}
