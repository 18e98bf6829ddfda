//! How many schedules there are, and how many of them fail: what a variant's own `--explore` does not
//! promise.

use std::time::Duration;

use deadlock::model::{
    banker, channels, coffman, join_cycle, livelock, lock_order, philosophers, pool, recover,
    self_lock, upgrade,
};
use kit::sync_point::SyncPoint;
use philosophers::{Dinner, Plan};
use stage::{Bound, Explored, Model, explore, model, replay};

/// Runs the schedules that differ, and, beside them, `plain` with all orders of independent steps:
/// [`ALL`] where their number is known, [`SOME`] where it is not.
fn explored(plain: usize, model: &Model) -> Explored {
    let bound = Bound { schedules: 5_000, plain: Some(plain), random: 500, ..Bound::default() };
    explore(&bound, model)
}

const ALL: usize = 5_000;
const SOME: usize = 100;

/// A model of a function with a window.
fn at<T: 'static>(run: fn(SyncPoint) -> T) -> Model {
    model(move || run(SyncPoint::none()))
}

fn table(philosophers: usize, run: fn(&Plan) -> Dinner) -> Model {
    let (meals, meal) = (1, Duration::ZERO);
    let (start, window) = (SyncPoint::none(), SyncPoint::none());
    let plan = Plan { philosophers, meals, meal, start, window };
    model(move || run(&plan))
}

#[test]
fn opposite_orders_deadlock_in_10_of_301_schedules_and_every_broken_variant_in_some() {
    use banker::Policy::Greedy;
    for (name, model, deadlocked, all) in [
        ("twice", model(self_lock::twice), 1, 1),
        ("opposite", at(lock_order::opposite), 10, 301),
        ("all four", at(coffman::all_four), 10, 301),
        ("greedy", model(|| banker::run(Greedy, [2, 2], SyncPoint::none())), 167, 2_267),
        ("both upgrade", at(upgrade::both_upgrade), 167, 3_148),
        ("both receive", model(channels::both_receive), 10, 10),
        ("both send", model(channels::both_send), 10, 10),
        ("a sender kept", model(channels::sender_kept), 3, 3),
    ] {
        let found = explored(ALL, &model);
        assert!(found.exhaustive(), "{name}: {found:?}");
        assert_eq!(
            (found.depth_first.deadlocked, found.depth_first.run),
            (deadlocked, all),
            "{name}"
        );
        assert!(found.counts().iter().all(|count| count.panicked == 0), "{name}: {found:?}");
    }
    for (name, model) in [
        ("a ring of joins", model(join_cycle::ring)),
        ("a pool that waits for itself", model(pool::waits)),
    ] {
        let found = explored(SOME, &model);
        assert!(found.exhaustive(), "{name}: {found:?}");
        for count in found.counts() {
            assert_eq!(count.deadlocked, count.run, "{name} deadlocks in every schedule");
        }
    }
}

#[test]
fn the_shortest_deadlock_has_four_steps_and_can_be_run_again() {
    let model = at(lock_order::opposite);
    let found = explore(&Bound::default(), &model).shortest.expect("some schedule deadlocks");
    let steps: Vec<_> =
        found.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 acquires A", "t1 waits for B", "t2 acquires B", "t2 waits for A"]);
    let (again, why) = replay(&found.schedule, &model).expect("it is a schedule of this model");
    assert_eq!((again, why), (found.steps, Some(found.why)));
}

#[test]
fn one_order_holds_in_all_172_schedules_and_one_step_in_all_1799() {
    use banker::Policy::Banker;
    for (name, model, all) in [
        ("ordered", at(lock_order::ordered), Some(172)),
        ("both at once", at(lock_order::both_at_once), Some(1_799)),
        ("by key", model(|| lock_order::by_key([1, 2], SyncPoint::none())), Some(189)),
        ("by equal keys", model(|| lock_order::by_key([7, 7], SyncPoint::none())), Some(1_799)),
        ("two philosophers in order", table(2, philosophers::ordered), None),
        ("shared", at(coffman::shared), Some(923)),
        ("all or nothing", at(coffman::all_or_nothing), Some(3_465)),
        ("banker", model(|| banker::run(Banker, [2, 2], SyncPoint::none())), Some(2_678)),
        ("one sends first", model(channels::one_sends_first), None),
        ("room for one", model(channels::room_for_one), None),
        ("one yields", at(livelock::one_yields), None),
    ] {
        let found = explored(if all.is_some() { ALL } else { SOME }, &model);
        assert!(found.exhaustive() && !found.failed(), "{name}: {found:?}");
        assert!(all.is_none_or(|all| all == found.depth_first.run), "{name}: {found:?}");
    }
}

#[test]
fn backing_off_never_deadlocks() {
    // Two threads that back off may do so for ever: of these, all schedules of few preemptions are
    // run.
    for (name, model) in [
        ("try, back off", at(lock_order::try_back_off)),
        ("preempted", at(coffman::preempted)),
        ("refused", at(upgrade::refused)),
        ("read again", at(upgrade::read_again)),
        ("a victim", model(|| recover::run(1, SyncPoint::none()))),
        ("one seat fewer", table(2, philosophers::one_seat_fewer)),
        ("waiter", table(2, philosophers::waiter)),
        ("two philosophers that back off", table(2, philosophers::try_back_off)),
    ] {
        let found = explored(SOME, &model);
        assert!(!found.failed(), "{name}: {:?}", found.shortest);
        let all_of_few = found.beyond.is_some_and(|(few, _)| few.whole());
        assert!(found.exhaustive() || all_of_few, "{name}: {found:?}");
        assert!(found.counts().iter().all(|count| count.finished() > 0), "{name}: {found:?}");
    }
}

#[test]
fn philosophers_are_explored_to_the_end_and_only_naive_ones_deadlock() {
    for (seats, naive) in [(3, 7), (5, 46)] {
        let bound = Bound { plain: Some(100), ..Bound::default() };
        let found = explore(&bound, &table(seats, philosophers::naive));
        assert!(found.exhaustive() && !found.depth_first.all);
        assert_eq!((found.differ.run, found.differ.deadlocked), (naive, 1));
        let ordered = explore(&bound, &table(seats, philosophers::ordered));
        assert!(ordered.exhaustive() && !ordered.failed());
    }
    use philosophers::{chandy_misra, one_seat_fewer, try_back_off, waiter};
    for run in [one_seat_fewer, waiter, try_back_off, chandy_misra] {
        let found = explored(SOME, &table(3, run));
        assert!(!found.failed(), "{:?}", found.shortest);
    }
}
