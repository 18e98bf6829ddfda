//! One contract for whatever mends a lost update: for real and in every schedule, no update is
//! lost.

use stage::{Bound, explore, model};
use thread_safety::Window;
use thread_safety::model::lost_update::{self as modelled, Plan as Modelled};
use thread_safety::real::lost_update::{
    Plan, atomic, channel, compare_exchange, hammer, mutex, racy, sharded,
};

type Run = fn(&Plan) -> i64;

/// Each mend, in the window that it can be caught in: a lock keeps the second thread out, so the
/// first one goes on after a moment.
fn mends() -> [(&'static str, Run, Window); 5] {
    let both_read = Window::until_both_have_read;
    [
        ("mutex", mutex::run, Window::for_a_moment()),
        ("atomic", atomic::run, both_read()),
        ("compare-exchange", compare_exchange::run, both_read()),
        ("channel", channel::run, both_read()),
        ("sharded", sharded::run, both_read()),
    ]
}

/// Asks that the sum is right, whoever adds what.
fn adds_up(run: Run, threads: usize) -> bool {
    let changes: Vec<_> = (0..threads).map(|thread| 10_i64.pow(thread as u32)).collect();
    let plan = Plan { apart: 1, ..Plan::new(changes, 1_000, Window::narrow_for(threads)) };
    run(&plan) == plan.sum()
}

checks::within_a_minute! {
    #[test]
    fn every_mend_loses_nothing_in_the_window_in_which_two_steps_do() {
        for (name, run, window) in mends() {
            assert_eq!(run(&Plan::new([1, -1], 1, window)), 0, "{name}");
        }
        assert_ne!(racy::run(&Plan::new([1, -1], 1, Window::until_both_have_read())), 0);
    }

    #[test]
    fn every_mend_loses_nothing_when_hammered() {
        for (name, run, _) in mends() {
            let seen = hammer(run, 50_000, 3);
            assert_eq!((seen.rounds, seen.updates, seen.lost), (3, 700_000, 0), "{name}");
        }
    }

    #[test]
    fn every_mend_adds_up_for_one_thread_and_for_many() {
        for (name, run, _) in mends() {
            for threads in [1, 2, 3, 8] {
                assert!(adds_up(run, threads), "{name}, {threads} threads");
            }
        }
    }
}

/// Runs every schedule of two threads that each add 1 so often; returns how many there are, and
/// whether these are all.
fn holds(name: &str, run: fn(&Modelled) -> i64, updates: u32) -> (usize, bool) {
    let found = explore(
        &Bound::default(),
        &model(move || {
            let plan = Modelled::new([1, 1], updates, Window::told());
            assert_eq!(run(&plan), plan.sum());
        }),
    );
    assert!(!found.failed(), "{name}: {:?}", found.shortest);
    assert!(
        found.counts().iter().all(|count| count.finished() + count.given_up == count.run),
        "{name}: {found:?}"
    );
    (found.depth_first.run, found.exhaustive())
}

#[test]
fn no_mend_loses_an_update_in_any_schedule() {
    use modelled::{atomic, channel, compare_exchange, mutex, sharded};
    assert_eq!(holds("mutex", mutex::run, 1), (51, true));
    assert_eq!(holds("atomic", atomic::run, 1), (19, true));
    assert_eq!(holds("compare-exchange", compare_exchange::run, 1), (79, true));
    assert_eq!(holds("channel", channel::run, 1), (9_778, true));
    assert_eq!(holds("sharded", sharded::run, 1), (69, true));
}

#[test]
fn no_mend_loses_one_of_four_updates_in_any_schedule() {
    use modelled::{atomic, compare_exchange, mutex, sharded};
    for (name, run) in [
        ("mutex", mutex::run as fn(&Modelled) -> i64),
        ("atomic", atomic::run),
        ("compare-exchange", compare_exchange::run),
        ("sharded", sharded::run),
    ] {
        assert!(holds(name, run, 2).1, "{name}: these were not all schedules");
    }
}
