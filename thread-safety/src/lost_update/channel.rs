//! The counter belongs to one thread; the others send it what is to be added.
//!
//! It serves where the changes are work of their own, or where their order has to be kept. A
//! message costs more than an addition, and an inbox without bound grows for as long as its owner
//! is slower than those who send.

use super::sync::mpsc::channel;
use super::{Plan, finish, on_each_thread, start};

/// Adds each thread's change to a counter as often as the plan says; returns what the counter shows
/// in the end.
pub fn run(plan: &Plan) -> i64 {
    let (changes, inbox) = channel();
    let owner = start("owner", move || inbox.iter().sum());
    on_each_thread(
        plan,
        |_| changes.clone(),
        |changes, change, window| {
            changes.send(change).expect("the owner receives until all senders are gone");
            window.after(format_args!("sent {change}"));
        },
    );
    // The owner ends when nobody is left who could send, this thread included.
    drop(changes);
    finish(owner)
}
