//! The atomics of the lost update, under Loom: the same files, compiled once more, on atomics that may show an old value where their
//! orderings let them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use thread_safety::Window;

#[allow(dead_code, unreachable_pub, missing_docs)]
#[path = "../../src"]
mod loomed {
    use loom::thread;

    mod sync {
        pub use loom::sync::{Arc, Mutex, MutexGuard, atomic};
        // The channel is compiled, and not asked: Loom's does not say when all senders are gone.
        pub use std::sync::mpsc;
    }

    pub mod lane;
    pub mod lost_update;
}

use loomed::lost_update::{Plan, atomic, compare_exchange, racy, sharded};

/// Runs every execution of two threads that each add 1 so often; returns what the counter may show in the end.
fn shows(run: fn(&Plan) -> i64, updates: u32) -> BTreeSet<i64> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let ends = Arc::clone(&seen);
    loom::model(move || {
        let count = run(&Plan::new([1, 1], updates, Window::told()));
        ends.lock().expect("nobody panics with it").insert(count);
    });
    std::mem::take(&mut *seen.lock().expect("nobody panics with it"))
}

#[test]
fn relaxed_is_enough_for_every_mend_that_is_made_of_atomics() {
    for updates in [1, 2] {
        let sum = BTreeSet::from([2 * i64::from(updates)]);
        assert_eq!(shows(atomic::run, updates), sum);
        assert_eq!(shows(compare_exchange::run, updates), sum);
        assert_eq!(shows(sharded::run, updates), sum);
    }
}

#[test]
fn two_steps_may_show_any_number_from_two_on_and_a_single_update_each_one_or_two() {
    assert_eq!(shows(racy::run, 1), BTreeSet::from([1, 2]));
    assert_eq!(shows(racy::run, 2), BTreeSet::from([2, 3, 4]));
}
