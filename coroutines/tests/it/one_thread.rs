//! The lessons on the executor of one thread: how it sleeps, whom it polls, what its tasks share.

use std::process::Command;
use std::time::Duration;

use coroutines::{Window, model, on_ours, on_tokio, real};
use stage::{Bound, End, Explored, explore, watch};

const NOW: Duration = Duration::ZERO;
const PACE: Duration = Duration::from_millis(1);

/// Plays a form that deadlocks in a child, as the binary does, and returns who waits for what in
/// the end.
fn knot(form: &str) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coroutines"));
    let seen = watch(command.arg("executor"), form, Duration::from_secs(60))
        .expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => {
            knot.waits.iter().map(|wait| format!("{} {wait}", wait.lane)).collect()
        }
        other => panic!("{form} did not deadlock: {other:?}; {}", seen.complaint),
    }
}

fn explored(run: fn(&Window) -> u32) -> Explored {
    explore(
        &Bound { schedules: 5_000, random: 500, ..Bound::default() },
        &stage::model(move || run(&Window::narrow())),
    )
}

#[test]
fn a_wake_between_the_look_and_the_sleep_is_lost() {
    assert_eq!(knot("looks-then-sleeps"), ["executor waits for a wake"]);
}

#[test]
fn a_wake_that_is_wiped_off_before_the_sleep_is_lost() {
    assert_eq!(knot("wiped-late"), ["executor waits for a wake"]);
}

checks::within_a_minute! {
    #[test]
    fn a_wake_that_is_kept_is_found_in_the_same_window() {
        for _ in 0..25 {
            assert_eq!(real::wake::locked::run(&Window::wide()), 2);
            // A park may end for nothing.
            assert!(real::wake::parked::run(&Window::wide()) >= 2);
        }
    }

    #[test]
    fn nobody_is_polled_who_was_not_woken() {
        let woken = |first: Vec<usize>, [gives_way, sleeps, asks]: [u32; 3]| {
            assert_eq!((first, gives_way, asks), (vec![1, 2, 3], 4, 2));
            // On a busy machine, its time may have passed before it could ask for it.
            assert!((1..=2).contains(&sleeps), "{sleeps}");
        };
        let on_ours::run_loop::Polled { first, times } = on_ours::run_loop::run(PACE);
        woken(first, times);
        let on_tokio::run_loop::Polled { first, times } = on_tokio::run_loop::run(PACE);
        woken(first, times);
    }

    #[test]
    fn an_await_between_read_and_write_loses_updates_on_one_thread() {
        assert_eq!(on_tokio::local::await_between(NOW), on_tokio::local::SUM / 2);
        assert_eq!(on_ours::local::await_between(NOW), on_ours::local::SUM / 2);
    }

    #[test]
    fn without_an_await_between_nothing_is_lost_and_no_lock_is_needed() {
        assert_eq!(on_tokio::local::no_await_between(NOW), on_tokio::local::SUM);
        assert_eq!(on_ours::local::no_await_between(NOW), on_ours::local::SUM);
    }

    #[test]
    fn tasks_that_are_not_send_use_two_threads_by_a_runtime_on_each() {
        assert_eq!(on_tokio::local::a_runtime_each(NOW), 2 * on_tokio::local::SUM);
        assert_eq!(on_ours::local::a_runtime_each(NOW), 2 * on_ours::local::SUM);
    }

    #[test]
    fn a_task_that_is_spawned_where_no_executor_runs_is_refused() {
        assert!(on_tokio::local::outside() && on_ours::local::outside());
    }
}

#[test]
fn of_all_schedules_some_lose_the_wake_and_none_does_under_the_lock() {
    let counts = |run| {
        let found = explored(run);
        assert!(found.exhaustive());
        (found.depth_first.deadlocked, found.depth_first.run)
    };
    assert_eq!(counts(model::wake::looks_then_sleeps::run), (418, 2541));
    assert_eq!(counts(model::wake::wiped_late::run), (234, 1039));
    assert_eq!(counts(model::wake::locked::run), (0, 1195));
}

#[test]
fn no_schedule_that_is_reached_loses_the_wake_of_a_parked_thread() {
    // A park may end for nothing, again and again: there is no end of schedules.
    let found = explored(model::wake::parked::run);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
}
