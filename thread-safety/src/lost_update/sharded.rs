//! Each thread has a counter of its own; who wants the sum adds them up.
//!
//! It serves for what is written often and read seldom: statistics. With one writer for each
//! counter, a load and a store are enough, and on cache lines of their own no core waits for
//! another. A sum that is taken while the threads go on is not the state at any one moment.

use crossbeam_utils::CachePadded;

use super::sync::Arc;
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::{Plan, on_each_thread};

/// Adds each thread's change to a counter as often as the plan says; returns what the counters come
/// to in the end.
///
/// # Memory ordering
/// `Relaxed`: nothing but the counters is shared, and joining the threads makes their last writes
/// visible.
pub fn run(plan: &Plan) -> i64 {
    let own = || Arc::new(CachePadded::new(AtomicI64::new(0)));
    let counters: Vec<_> = plan.changes.iter().map(|_| own()).collect();
    on_each_thread(
        plan,
        |thread| Arc::clone(&counters[thread]),
        |counter, change, window| {
            let read = counter.load(Relaxed);
            window.between(format_args!("read its own {read}"));
            let sum = read + change;
            counter.store(sum, Relaxed);
            window.after(format_args!("wrote its own {sum}"));
        },
    );
    counters.iter().map(|counter| counter.load(Relaxed)).sum()
}
