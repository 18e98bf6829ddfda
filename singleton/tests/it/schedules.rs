//! What a model checker says: in how many schedules of two threads two configs are in use.

use singleton::model::compare_exchange::FirstWins;
use singleton::model::double_checked::DoubleChecked;
use singleton::model::mutex::Locked;
use singleton::model::naive::Naive;
use singleton::model::once::WithOnce;
use singleton::model::once_cell::OnceCell;
use singleton::model::outside_the_lock::OutsideTheLock;
use singleton::model::race::race;
use singleton::{Config, Singleton, Window};
use stage::{Bound, Explored, explore, model};

fn explored<S: Singleton>(most_built: usize) -> Explored {
    explore(
        &Bound::default(),
        &model(move || {
            let outcome = race::<S>(2, Window::narrow());
            assert!(outcome.built <= most_built, "too many were built");
            assert!(outcome.in_use() == 1, "two configs are in use");
        }),
    )
}

/// Two are in use in no schedule, of all there are; returns how many.
fn holds<S: Singleton>(most_built: usize) -> usize {
    let found = explored::<S>(most_built);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found.depth_first.run
}

#[test]
fn check_then_act_uses_two_in_343_of_456_schedules() {
    let found = explored::<Naive>(2);
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (343, 456));
}

#[test]
fn the_shortest_bad_schedule_builds_the_second_before_the_first_is_in_its_place() {
    let found = explored::<Naive>(2).shortest.expect("some schedule fails");
    let steps: Vec<_> =
        found.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    let built =
        |config: &str| steps.iter().position(|step| step.ends_with(config)).expect("it is a step");
    assert!(built("builds config 2") < built("has config 1"), "{steps:?}");
}

#[test]
fn created_outside_the_lock_two_are_in_use_in_41_of_the_188_schedules_of_two_preemptions() {
    let found = explored::<OutsideTheLock>(2);
    let (few, _) = found.beyond.expect("there are more schedules than are tried depth first");
    assert!(few.all && few.cut == 0);
    assert_eq!((few.panicked, few.run), (41, 188));
}

#[test]
fn every_mend_has_one_in_use_in_every_schedule() {
    assert_eq!(holds::<Locked>(1), 51);
    assert_eq!(holds::<DoubleChecked>(1), 417);
    assert_eq!(holds::<WithOnce>(1), 38);
    assert_eq!(holds::<OnceCell<Config>>(1), 7426);
}

#[test]
fn by_compare_exchange_two_may_be_built_and_one_is_in_use() {
    assert_eq!(holds::<FirstWins>(2), 59);
    let found = explored::<FirstWins>(1);
    assert!(found.depth_first.panicked > 0, "in some schedule, both build");
}
