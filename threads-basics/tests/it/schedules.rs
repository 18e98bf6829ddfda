//! What a model checker says: broken forms fail in some schedule, mended forms in none that it can reach.

use std::time::Duration;

use stage::{Bound, Explored, explore, model};
use threads_basics::Meeting;
use threads_basics::model::join::{self, Count};

fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    explore(&Bound { schedules: 5_000, random: 500, ..Bound::default() }, &model(run))
}

/// Those that deadlocked, those that panicked, and all: which these have to be.
fn counts<T>(run: impl Fn() -> T + Send + Sync + 'static) -> (usize, usize, usize) {
    let found = explored(run);
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    let count = found.depth_first;
    (count.deadlocked, count.panicked, count.run)
}

fn full(run: fn(u32, &Meeting, Duration) -> Count) -> impl Fn() + Send + Sync {
    move || {
        let count = run(1, &Meeting::none(), Duration::ZERO);
        assert!(count.read == count.full, "the counter is not full yet");
    }
}

#[test]
fn a_counter_read_before_join_is_partial_in_61_of_71_schedules_and_after_join_in_none() {
    assert_eq!(counts(full(join::read_at_once)), (0, 61, 71));
    assert_eq!(counts(full(join::dropped)), (0, 21, 31));
    assert_eq!(counts(full(join::joined)), (0, 0, 71));
}
