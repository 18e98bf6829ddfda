//! How many schedules there are, and how many of them fail: what a variant's own `--explore` does not
//! promise.

use kit::sync_point::SyncPoint;
use stage::{Bound, Explored, Model, explore, model, outcomes};
use threads_basics::model::join;
use threads_basics::model::park::{checked_again, checked_once, unparked_before, unparked_first};
use threads_basics::model::worker::{ChannelWorker, flag_unseen};

fn explored(schedules: usize, model: &Model) -> Explored {
    explore(&Bound { schedules, random: 200, ..Bound::default() }, model)
}

fn read(run: fn(u32, &SyncPoint) -> u32) -> Model {
    outcomes(vec![2], move || run(1, &SyncPoint::none()))
}

fn letters(run: fn(&SyncPoint) -> [u32; 2]) -> Model {
    outcomes(vec![[10, 20], [20, 20]], move || run(&SyncPoint::none()))
}

fn unseen() -> Model {
    model(|| flag_unseen(&SyncPoint::none()))
}

fn hung_up() -> Model {
    outcomes(vec![3], || {
        let worker = ChannelWorker::start();
        worker.send(1);
        worker.send(2);
        worker.stop().expect("it does not panic").sum
    })
}

#[test]
fn a_counter_is_partial_before_join_in_61_of_71_schedules_and_after_it_in_none() {
    // Those that deadlock, those with a wrong outcome, and all.
    for (name, model, wanted) in [
        ("read at once", read(join::read_at_once), (0, 61, 71)),
        ("dropped", read(join::dropped), (0, 21, 31)),
        ("joined", read(join::joined), (0, 0, 71)),
        ("a flag that is not seen", unseen(), (2, 0, 4)),
        ("hung up", hung_up(), (0, 0, 10)),
        ("checked once", letters(checked_once), (0, 171, 1_019)),
        ("one token", model(|| unparked_before(1, &SyncPoint::none())), (0, 0, 3)),
        ("two tokens are one", model(|| unparked_before(2, &SyncPoint::none())), (1, 0, 9)),
    ] {
        let found = explored(1_500, &model);
        assert!(found.exhaustive(), "{name}: these were not all: {:?}", found.depth_first);
        let count = &found.depth_first;
        assert_eq!((count.deadlocked, count.panicked, count.run), wanted, "{name}");
    }
}

#[test]
fn the_shortest_schedule_of_an_unseen_flag_shows_the_look_before_the_flag_is_set() {
    let steps = explored(10, &unseen()).shortest.expect("some schedule deadlocks").steps;
    let at = |did: &str| steps.iter().position(|step| step.did == did);
    let (looks, sets) = (at("sees no flag"), at("sets the flag"));
    assert!(looks.is_some() && looks < sets && sets < at("waits for end of worker"), "{steps:?}");
}

#[test]
fn a_while_around_park_takes_the_right_letter_in_every_schedule_that_was_followed() {
    let found = explored(200, &letters(checked_again));
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
    let found = explored(200, &model(|| unparked_first(&SyncPoint::none())));
    assert!(found.counts().iter().all(|count| count.panicked == 0), "{found:?}");
    assert!(found.counts().iter().any(|count| count.deadlocked > 0), "{found:?}");
}
