//! What a model checker says: broken forms fail in some schedule, mended forms in none that it can
//! reach.

use std::time::Duration;

use deadlock::model::{
    banker, channels, coffman, join_cycle, livelock, lock_order, philosophers, pool, recover,
    self_lock, upgrade,
};
use deadlock::{Metronome, Window};
use stage::{Bound, Explored, explore, model, replay};

fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    explore(&Bound { schedules: 5_000, random: 500, ..Bound::default() }, &model(run))
}

/// Fails in some schedule, by deadlock.
fn deadlocks<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    let found = explored(run);
    assert!(found.counts().iter().any(|count| count.deadlocked > 0), "{found:?}");
    assert!(found.counts().iter().all(|count| count.panicked == 0), "{found:?}");
    found
}

/// Fails in no schedule, of all there are; returns how many.
fn holds<T>(run: impl Fn() -> T + Send + Sync + 'static) -> usize {
    let found = explored(run);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found.depth_first.run
}

/// Fails in no schedule of few preemptions, nor in any of those drawn beyond.
fn holds_as_far_as_it_was_followed<T>(run: impl Fn() -> T + Send + Sync + 'static) {
    let found = explored(run);
    assert!(!found.failed(), "{:?}", found.shortest);
    let (few, _) = found.beyond.expect("there are more schedules than that");
    assert!(few.all && few.cut == 0, "{few:?}");
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
}

#[test]
fn opposite_orders_deadlock_in_ten_of_301_schedules() {
    let found = deadlocks(|| lock_order::opposite::run(Window::narrow()));
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.deadlocked, found.depth_first.run), (10, 301));
}

#[test]
fn the_shortest_deadlock_has_four_steps_and_can_be_run_again() {
    let model = model(|| lock_order::opposite::run(Window::narrow()));
    let found = explore(&Bound::default(), &model).shortest.expect("some schedule deadlocks");
    let steps: Vec<_> =
        found.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 takes A", "t1 asks for B", "t2 takes B", "t2 asks for A"]);
    let (again, why) = replay(&found.schedule, &model).expect("it is a schedule of this model");
    assert_eq!((again, why), (found.steps, Some(found.why)));
}

#[test]
fn one_order_holds_in_all_172_schedules_and_one_step_in_all_1799() {
    let ordered = holds(|| assert_eq!(lock_order::ordered::run(Window::narrow()).values, (2, 2)));
    let at_once =
        holds(|| assert_eq!(lock_order::both_at_once::run(Window::narrow()).values, (2, 2)));
    assert_eq!((ordered, at_once), (172, 1799));
}

#[test]
fn backing_off_never_deadlocks() {
    holds_as_far_as_it_was_followed(|| {
        assert_eq!(lock_order::try_back_off::run(Window::narrow()).values, (2, 2));
    });
}

#[test]
fn a_self_lock_deadlocks_in_the_only_schedule_there_is() {
    let found = deadlocks(self_lock::twice);
    assert_eq!((found.depth_first.deadlocked, found.depth_first.run), (1, 1));
    holds(|| assert_eq!((self_lock::ended_first(), self_lock::handed_on()), (90, 90)));
}

fn three() -> philosophers::Plan {
    philosophers::Plan {
        philosophers: 3,
        meals: 1,
        meal: Duration::ZERO,
        start: Window::narrow(),
        window: Window::narrow(),
    }
}

#[test]
fn three_naive_philosophers_deadlock_in_one_of_the_seven_schedules_that_differ() {
    let found = deadlocks(|| philosophers::naive::run(&three()));
    assert!(found.exhaustive() && !found.depth_first.all);
    assert_eq!((found.differ.run, found.differ.deadlocked), (7, 1));
}

#[test]
fn five_philosophers_are_explored_to_the_end() {
    let five = || philosophers::Plan { philosophers: 5, ..three() };
    let explored = |run: fn(&philosophers::Plan) -> philosophers::Dinner| {
        let bound = Bound { plain: Some(100), ..Bound::default() };
        explore(&bound, &model(move || run(&five())))
    };
    let (naive, ordered) =
        (explored(philosophers::naive::run), explored(philosophers::ordered::run));
    assert!(naive.exhaustive() && ordered.exhaustive());
    assert_eq!((naive.differ.deadlocked, ordered.differ.failed()), (1, 0));
}

#[test]
fn two_naive_philosophers_deadlock_and_no_strategy_lets_them() {
    use philosophers::{Dinner, Plan, naive, one_seat_fewer, ordered, try_back_off, waiter};
    let two = || Plan { philosophers: 2, ..three() };
    assert!(deadlocks(move || naive::run(&two())).exhaustive());
    holds(move || ordered::run(&two()));
    let strategies: [fn(&Plan) -> Dinner; 3] =
        [one_seat_fewer::run, waiter::run, try_back_off::run];
    for run in strategies {
        holds_as_far_as_it_was_followed(move || run(&two()));
    }
}

#[test]
fn no_strategy_lets_three_philosophers_deadlock() {
    use philosophers::{Dinner, Plan, chandy_misra, one_seat_fewer, ordered, try_back_off, waiter};
    let strategies: [fn(&Plan) -> Dinner; 5] =
        [ordered::run, one_seat_fewer::run, waiter::run, try_back_off::run, chandy_misra::run];
    for run in strategies {
        let found = explored(move || run(&three()));
        assert!(!found.failed(), "{:?}", found.shortest);
    }
}

#[test]
fn each_condition_taken_away_takes_every_deadlock_away() {
    deadlocks(|| coffman::all_four::run(Window::narrow()));
    holds(|| assert_eq!(coffman::shared::run(Window::narrow()), [2, 2]));
    holds(|| assert_eq!(coffman::all_or_nothing::run(Window::narrow()), 2));
    holds(|| assert_eq!(coffman::no_circular_wait::run(Window::narrow()).values, (2, 2)));
    holds_as_far_as_it_was_followed(|| assert_eq!(coffman::preempted::run(Window::narrow()).0, 2));
}

#[test]
fn a_greedy_bank_deadlocks_and_the_banker_never() {
    deadlocks(|| banker::run(banker::Policy::Greedy, Window::narrow()));
    holds(|| assert_eq!(banker::run(banker::Policy::Banker, Window::narrow()), 2));
}

#[test]
fn two_upgrades_deadlock_and_none_of_the_mends_does() {
    deadlocks(|| upgrade::both_upgrade::run(Window::narrow()));
    let found = explored(|| assert_eq!(upgrade::announced::run(Window::narrow()), 2));
    assert!(!found.failed(), "{:?}", found.shortest);
    holds_as_far_as_it_was_followed(|| assert_eq!(upgrade::refused::run(Window::narrow()), 2));
    holds_as_far_as_it_was_followed(|| assert_eq!(upgrade::read_again::run(Window::narrow()), 2));
}

#[test]
fn a_conversation_without_a_protocol_deadlocks_in_every_schedule() {
    for broken in [channels::both_receive, channels::both_send] {
        let found = deadlocks(broken);
        assert_eq!((found.depth_first.deadlocked, found.depth_first.run), (10, 10));
    }
    holds(|| assert_eq!(channels::one_speaks(), [2, 1]));
    holds(|| assert_eq!(channels::room_for_one(), [2, 1]));
    deadlocks(channels::sender_kept);
    holds(|| assert_eq!(channels::sender_dropped(), 1));
}

#[test]
fn a_ring_of_joins_deadlocks_in_every_schedule() {
    let found = deadlocks(join_cycle::ring);
    assert_eq!(found.depth_first.deadlocked, found.depth_first.run);
    holds(|| assert_eq!(join_cycle::by_the_starter(), 3));
}

#[test]
fn a_pool_that_waits_for_itself_stops_in_every_schedule_and_one_that_helps_in_none() {
    let found = deadlocks(pool::waits);
    assert_eq!(found.depth_first.deadlocked, found.depth_first.run);
    let found = explored(|| assert_eq!(pool::helps(), [11, 22]));
    assert!(!found.failed(), "{:?}", found.shortest);
}

#[test]
fn polite_threads_get_nowhere_in_some_schedule_and_get_on_if_one_gives_way() {
    let found = explored(|| {
        let tries = livelock::polite(2, Metronome::silent());
        assert!(tries.iter().any(Option::is_some), "both gave way twice");
    });
    assert!(found.depth_first.panicked > 0 && found.depth_first.deadlocked == 0);
    let steps = found.shortest.expect("some schedule gets nowhere").steps;
    for lane in ["t1", "t2"] {
        let did: Vec<_> =
            steps.iter().filter(|step| step.lane == lane).map(|step| &*step.did).collect();
        let (own, other) = if lane == "t1" { ("A", "B") } else { ("B", "A") };
        let round =
            [format!("takes {own}"), format!("tries {other} in vain"), format!("gives back {own}")];
        assert_eq!(
            did,
            [&round[..], &round[..], &["had both in none of 2 rounds".into()]].concat()
        );
    }
    holds(|| livelock::one_gives_way(Metronome::silent()));
}

#[test]
fn a_victim_backs_out_and_nothing_is_lost_in_any_schedule_that_was_followed() {
    holds_as_far_as_it_was_followed(|| {
        assert_eq!(recover::run(1, Window::narrow()).balances, (100, 100));
    });
}
