//! The atomics of the lost update, under Loom: on atomics that may show an old value where their
//! orderings let them.

use thread_safety::weak::lost_update::{Plan, atomic, compare_exchange, racy, sharded};
use thread_safety::{Window, executions};

/// Runs every execution of two threads that each add 1 so often, and asks that the counter shows
/// each of these in the end, and nothing else.
fn shows(run: fn(&Plan) -> i64, updates: u32, wanted: &[i64]) {
    let outcomes = executions(move || run(&Plan::new([1, 1], updates, Window::told())));
    for count in wanted {
        assert!(outcomes.with(|seen| seen == count) > 0, "never {count}: {outcomes:?}");
    }
    assert_eq!(outcomes.with(|seen| wanted.contains(seen)), outcomes.all(), "{outcomes:?}");
}

#[test]
fn relaxed_is_enough_for_every_mend_that_is_made_of_atomics() {
    for updates in [1, 2] {
        let sum = [2 * i64::from(updates)];
        shows(atomic::run, updates, &sum);
        shows(compare_exchange::run, updates, &sum);
        shows(sharded::run, updates, &sum);
    }
}

#[test]
fn two_steps_may_show_any_number_from_two_on_and_a_single_update_each_one_or_two() {
    shows(racy::run, 1, &[1, 2]);
    shows(racy::run, 2, &[2, 3, 4]);
}
