//! The worker that begins a task and the caller that cancels it: for real, and in every schedule.

use std::sync::{Arc, Barrier};

use stage::{Bound, Explored, explore, model};
use thread_pool::model::cancel_race::{Fate, Meeting};
use thread_pool::{model, real};

fn explored(run: fn(Meeting) -> Fate) -> Explored {
    let bound = Bound { schedules: 5_000, random: 500, ..Bound::default() };
    let found = explore(&bound, &model(move || assert!(run(None).is_one())));
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found
}

#[test]
fn who_looks_first_and_then_takes_runs_what_was_cancelled_in_30_of_59_schedules() {
    let found = explored(model::cancel_race::looked_first).depth_first;
    assert_eq!((found.panicked, found.deadlocked, found.run), (30, 0, 59));
}

#[test]
fn a_task_that_is_taken_in_one_step_is_run_or_cancelled_in_all_19_schedules() {
    let found = explored(model::cancel_race::one_step);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert_eq!(found.depth_first.run, 19);
}

#[test]
fn the_same_comes_out_on_real_threads_that_meet_in_the_middle() {
    let meeting = || Some(Arc::new(Barrier::new(2)));
    let fate = real::cancel_race::looked_first(meeting());
    assert!(fate.cancelled && fate.ran, "{fate:?}");
    for _ in 0..100 {
        let fate = real::cancel_race::one_step(meeting());
        assert!(fate.is_one(), "{fate:?}");
    }
}
