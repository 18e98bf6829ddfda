//! What a model checker says: broken forms fail in some schedule, mended forms in none that it can
//! reach.

use std::time::Duration;

use stage::{Bound, Explored, explore, model};
use threads_basics::Meeting;
use threads_basics::model::join::{self, Count};
use threads_basics::model::park::{checked_again, checked_once, tokens, unparked_first};
use threads_basics::model::worker::{flag_unseen, hung_up};

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

#[test]
fn a_flag_is_not_seen_in_two_of_four_schedules() {
    assert_eq!(counts(|| _ = flag_unseen::Worker::start(&Meeting::none()).stop()), (2, 0, 4));
}

#[test]
fn the_shortest_schedule_of_an_unseen_flag_shows_the_look_before_the_flag_is_set() {
    let found = explored(|| _ = flag_unseen::Worker::start(&Meeting::none()).stop());
    let steps = found.shortest.expect("some schedule deadlocks").steps;
    let at = |did: &str| steps.iter().position(|step| step.did == did);
    let (looks, sets) = (at("finds the flag not set"), at("sets the flag"));
    assert!(looks.is_some() && looks < sets && sets < at("asks for end of worker"), "{steps:?}");
}

#[test]
fn a_worker_that_is_hung_up_on_loses_no_number_in_any_schedule() {
    let (deadlocked, panicked, run) = counts(|| {
        let worker = hung_up::Worker::start();
        worker.send(1);
        worker.send(2);
        let tally = worker.stop().expect("it does not panic");
        assert_eq!((tally.numbers, tally.sum), (2, 3));
    });
    assert_eq!((deadlocked, panicked, run), (0, 0, 10));
}

fn second_letter(run: fn(&Meeting, Duration) -> [u32; 2]) -> impl Fn() + Send + Sync {
    move || assert_eq!(run(&Meeting::none(), Duration::ZERO)[1], 20)
}

#[test]
fn who_checks_once_takes_a_wrong_letter_in_117_of_1019_schedules() {
    assert_eq!(counts(second_letter(checked_once::run)), (0, 117, 1019));
}

#[test]
fn who_checks_again_takes_the_right_letter_in_every_schedule_that_was_followed() {
    let found = explored(second_letter(checked_again::run));
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
}

#[test]
fn who_is_woken_before_the_letter_is_there_sleeps_for_ever_in_some_schedule() {
    let found = explored(|| unparked_first::run(&Meeting::none()));
    assert!(found.counts().iter().all(|count| count.panicked == 0), "{found:?}");
    assert!(found.counts().iter().any(|count| count.deadlocked > 0), "{found:?}");
}

#[test]
fn one_token_is_kept_in_every_schedule_and_two_are_one_in_one_of_nine() {
    assert_eq!(counts(|| tokens::kept(&Meeting::none())), (0, 0, 3));
    assert_eq!(counts(|| tokens::not_counted(&Meeting::none())), (1, 0, 9));
}
