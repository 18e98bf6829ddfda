//! What is shown as mended holds: in the window in which the broken form is caught, or, where the
//! mend keeps the second thread out of it, while the first one waits there.

use std::time::Duration;

use deadlock::real::{
    self, banker, channels, coffman, livelock, lock_order, philosophers, pool, self_lock, upgrade,
};
use deadlock::{Metronome, Window, async_guard, starvation};

fn all_hold() -> Window {
    Window::until_all_hold(2)
}

fn moment() -> Window {
    Window::for_a_moment(2)
}

checks::within_a_minute! {
#[test]
fn one_order_for_all_lets_both_have_both_locks() {
    assert_eq!(lock_order::ordered::run(moment()).values, (2, 2));
}

#[test]
fn a_thread_that_backs_off_lets_both_have_both_locks() {
    let done = lock_order::try_back_off::run(all_hold());
    assert_eq!(done.values, (2, 2));
    assert!(done.back_offs > 0, "both had their first lock: one had to back off");
}

#[test]
fn locks_taken_in_one_step_let_both_have_both() {
    assert_eq!(lock_order::both_at_once::run(moment()).values, (2, 2));
}

#[test]
fn a_lock_that_is_given_back_can_be_taken_again() {
    assert_eq!((self_lock::ended_first(), self_lock::handed_on()), (90, 90));
    assert!(!self_lock::tried());
}

#[test]
fn every_strategy_feeds_every_philosopher() {
    use philosophers::{Plan, chandy_misra, one_seat_fewer, ordered, try_back_off, waiter};
    for seats in [2, 3, 5] {
        for run in [ordered::run, waiter::run, one_seat_fewer::run, try_back_off::run, chandy_misra::run] {
            let (start, window) = (Window::common_start(seats), Window::for_a_moment(seats));
            // `run` itself asserts that everyone has eaten as often as the plan says.
            run(&Plan { philosophers: seats, meals: 10, meal: Duration::ZERO, start, window });
        }
    }
}

#[test]
fn without_any_one_of_the_four_conditions_there_is_no_deadlock() {
    assert_eq!(coffman::shared::run(all_hold()), [2, 2]);
    assert_eq!(coffman::all_or_nothing::run(moment()), 2);
    assert_eq!(coffman::preempted::run(all_hold()), (2, 1));
    assert_eq!(coffman::no_circular_wait::run(moment()).values, (2, 2));
}

#[test]
fn the_banker_lends_everything_and_gets_it_back() {
    assert_eq!(banker::run(banker::Policy::Banker, moment()), 2);
}

#[test]
fn every_mended_upgrade_writes_what_is_still_true() {
    assert_eq!(upgrade::refused::run(all_hold()), 2);
    assert_eq!(upgrade::announced::run(moment()), 2);
    assert_eq!(upgrade::read_again::run(all_hold()), 2);
}

#[test]
fn a_protocol_or_room_lets_both_be_heard() {
    assert_eq!(channels::one_speaks(), [2, 1]);
    assert_eq!(channels::room_for_one(), [2, 1]);
    assert_eq!(channels::sender_dropped(), 1);
}

#[test]
fn threads_joined_by_their_starter_end() {
    assert_eq!(real::join_cycle::by_the_starter(), 3);
}

#[test]
fn a_worker_that_helps_while_it_waits_gets_its_result() {
    assert_eq!(pool::helps(), [11, 22]);
}

#[test]
fn a_guard_dropped_before_the_await_or_an_async_lock_lets_both_tasks_end() {
    assert_eq!((async_guard::ended_before(), async_guard::async_lock()), (2, 2));
}

#[test]
fn a_random_pause_gets_polite_threads_out_of_step() {
    let tries = livelock::random_pause(1000, Metronome::of(2, Duration::ZERO));
    assert!(tries.iter().all(Option::is_some), "{tries:?}");
}

#[test]
fn one_that_gives_way_lets_both_get_on() {
    assert!(livelock::one_gives_way(Metronome::of(2, Duration::ZERO)));
}

#[test]
fn in_a_line_no_more_than_the_two_others_are_ahead() {
    let line = starvation::in_turn(20);
    assert_eq!(line.served, (0..60).collect::<Vec<_>>(), "in the order of asking");
    assert!(line.most_ahead <= 2, "{line:?}");
}

#[test]
fn the_victim_of_a_deadlock_backs_out_and_no_money_is_lost() {
    let done = real::recover::run(10, Window::until_all_hold(2));
    assert_eq!(done.balances, (100, 100));
    let first = done.found.first().expect("both were in the window: someone was the victim");
    assert_eq!(first.circle.len(), 2);
}
}
