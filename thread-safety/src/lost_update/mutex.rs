//! Whoever reads the counter holds its lock until the new value is written: nobody is let in
//! between.
//!
//! It serves for any change to any number of values, as long as all of them are behind the same
//! lock. Who does not get the lock sleeps.

use super::sync::{Arc, Mutex};
use super::{Plan, lock, on_each_thread, take};

/// Adds each thread's change to a counter as often as the plan says; returns what the counter shows
/// in the end.
///
/// # Blocking
/// While another thread holds the lock.
pub fn run(plan: &Plan) -> i64 {
    let counter = Arc::new(Mutex::new(0));
    on_each_thread(
        plan,
        |_| Arc::clone(&counter),
        |counter, change, window| {
            let mut counter = take(window, "the lock", counter);
            let read = *counter;
            window.between(format_args!("read {read}"));
            let sum = read + change;
            *counter = sum;
            window.after(format_args!("wrote {sum}"));
        },
    );
    *lock(&counter)
}
