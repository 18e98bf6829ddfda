//! In how many schedules of two threads two configs are in use, and in how many of Loom's
//! executions a config is read before it was written.

use kit::sync_point::SyncPoint;
use singleton::model::race::{Constructor, race};
use singleton::model::single_flight::{Asked, Asking, checked_first, left_loading, single_flight};
use singleton::model::{
    compare_exchange::FirstWins, double_checked::DoubleChecked, mutex::Locked, naive::Naive,
    once::WithOnce, once_cell::OnceCell, outside_the_lock::OutsideTheLock,
};
use singleton::orderings::{Executions, Orderings, compare_exchange, double_checked, once_cell};
use singleton::{Config, Singleton};
use stage::{Bound, Explored, explore, outcomes};

/// Runs schedules; an outcome is how many configs were built, and how many are in use.
fn explored<S: Singleton>(bound: &Bound, right: &[(usize, usize)]) -> Explored {
    let model = outcomes(right.to_vec(), || {
        let result = race::<S>(2, &Constructor::instant());
        (result.built, result.in_use())
    });
    explore(bound, &model)
}

#[test]
fn check_then_act_uses_two_in_343_of_456_schedules() {
    let found = explored::<Naive>(&Bound::default(), &[(1, 1)]);
    assert!(found.depth_first.whole());
    assert_eq!((found.depth_first.failed(), found.depth_first.run), (343, 456));
    let shortest = found.shortest.expect("some schedule fails");
    let steps: Vec<_> =
        shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    let at = |did: &str| steps.iter().position(|step| step.ends_with(did)).expect("it is a step");
    assert!(at("builds config 2") < at("has config 1"), "{steps:?}");
}

#[test]
fn built_outside_the_lock_two_are_in_use_in_41_of_the_188_schedules_of_two_preemptions() {
    let bound = Bound { schedules: 200, random: 1, ..Bound::default() };
    let found = explored::<OutsideTheLock>(&bound, &[(1, 1)]);
    let (few, _) = found.beyond.expect("there are more schedules than are tried depth first");
    assert!(few.whole());
    assert_eq!((few.panicked, few.run), (41, 188));
}

#[test]
fn every_fixed_approach_builds_one_in_all_its_51_417_38_or_2420_schedules() {
    fn holds<S: Singleton>(all: usize) {
        let found = explored::<S>(&Bound::default(), &[(1, 1)]);
        assert!(found.exhaustive() && !found.failed(), "{:?}", found.shortest);
        assert_eq!(found.depth_first.run, all);
    }
    holds::<Locked>(51);
    holds::<DoubleChecked>(417);
    holds::<WithOnce>(38);
    holds::<OnceCell<Config>>(2_420);
}

#[test]
fn a_key_is_loaded_twice_or_waited_for_for_ever_unless_its_load_is_marked_and_the_mark_removed() {
    let found = |run: fn(Asking) -> Asked, first_fails, loads: usize| {
        let model = outcomes(vec![loads], move || {
            run(Asking { keys: ['a', 'a'], first_fails, window: SyncPoint::none() }).loads
        });
        let found = explore(&Bound::default(), &model);
        assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
        (found.depth_first.failed(), found.depth_first.run)
    };
    assert_eq!(found(checked_first, false, 1), (1_636, 1_788));
    assert_eq!(found(left_loading, true, 1), (123, 123));
    assert_eq!(found(single_flight, false, 1), (0, 809));
    assert_eq!(found(single_flight, true, 2), (0, 1_653));
}

#[test]
fn by_compare_exchange_two_may_be_built_and_one_is_in_use() {
    let found = explored::<FirstWins>(&Bound::default(), &[(1, 1), (2, 1)]);
    assert!(found.exhaustive() && !found.failed(), "{:?}", found.shortest);
    assert_eq!(found.depth_first.run, 59);
    assert_eq!(found.ends.len(), 2, "in some schedule, both build: {:?}", found.ends);
}

checks::within_a_minute! {
    #[test]
    fn loom_finds_no_early_read_as_the_files_are_written_and_some_if_either_ordering_is_relaxed() {
        type Try = fn(Orderings) -> Executions;
        let approaches = [
            (double_checked as Try, (8, 0, 1), (2, 10)),
            (compare_exchange, (106, 0, 2), (9, 115)),
            (once_cell, (22, 0, 1), (6, 28)),
        ];
        for (try_all, as_written, weakened) in approaches {
            let Executions { all, unwritten, most_built } = try_all(Orderings::AsWritten);
            assert_eq!((all, unwritten, most_built), as_written);
            for orderings in [Orderings::RelaxedLoad, Orderings::RelaxedStore] {
                let seen = try_all(orderings);
                assert_eq!((seen.unwritten, seen.all), weakened, "{orderings:?}");
            }
        }
    }
}
