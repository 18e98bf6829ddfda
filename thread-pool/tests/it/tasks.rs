//! The lessons `submit`, `callback` and `results`: who goes on, who runs what, and what is under
//! way at once.

use thread_pool::callback::{self, Behind, Threads};
use thread_pool::results::{as_completed, awaited, in_order, map, one_at_a_time};
use thread_pool::{ChannelPool, RayonPool, StealingPool, submit};

fn squares(count: u64) -> Vec<u64> {
    (1..=count).map(|number| number * number).collect()
}

fn on_each_pool() -> [submit::Outcome; 3] {
    let runs = [submit::run::<ChannelPool>, submit::run::<StealingPool>, submit::run::<RayonPool>];
    runs.map(|run| run(50, 10).expect("the system has room for ten"))
}

checks::within_a_minute! {
    #[test]
    fn all_fifty_tasks_are_submitted_before_one_has_ended_whatever_the_pool() {
        for outcome in on_each_pool() {
            assert_eq!(outcome.ended_by_then, 0);
            assert_eq!(outcome.results, squares(50));
        }
    }

    #[test]
    fn ten_workers_have_ten_tasks_at_work_and_never_more_whatever_the_pool() {
        for outcome in on_each_pool() {
            assert_eq!(outcome.most_at_once, 10);
            assert_eq!(outcome.by_worker.len(), 10, "each had one at the gate: {:?}", outcome.by_worker);
            assert_eq!(outcome.by_worker.values().sum::<usize>(), 50);
        }
    }

    #[test]
    fn who_asks_for_each_result_right_after_its_submit_has_one_task_at_work() {
        let outcome = one_at_a_time::run(50, 10).expect("the system has room for ten");
        assert_eq!((outcome.most_at_once, outcome.results), (1, squares(50)));
    }

    #[test]
    fn who_submits_all_first_has_every_worker_at_work_and_the_results_in_order() {
        for run in [in_order::run, map::run] {
            let outcome = run(50, 10).expect("the system has room for ten");
            assert_eq!((outcome.most_at_once, outcome.results), (10, squares(50)));
        }
    }

    #[test]
    fn results_come_as_the_tasks_end_whatever_the_order_of_submission() {
        let outcome = as_completed::run(10).expect("the system has room for ten");
        let from_the_last: Vec<_> = squares(10).into_iter().rev().collect();
        assert_eq!(outcome.results, from_the_last);
    }

    #[test]
    fn a_thread_that_awaits_results_goes_on_with_other_async_work() {
        // A thread that was blocked would never come to the task that opens the gate.
        let outcome = awaited::run(50, 10).expect("the system has room for ten");
        assert_eq!((outcome.most_at_once, outcome.results), (10, squares(50)));
    }

    #[test]
    fn a_callback_that_is_set_before_the_end_runs_on_the_worker_that_ran_the_task() {
        let ran = callback::before_the_end().expect("the system has room for one");
        assert_eq!(ran, Threads { task: "w1".into(), callback: "w1".into() });
    }

    #[test]
    fn a_callback_that_is_set_after_the_end_runs_here_and_now() {
        let here = std::thread::current().name().expect("it was given one").to_owned();
        let ran = callback::after_the_end().expect("the system has room for one");
        assert_eq!(ran, Threads { task: "w1".into(), callback: here });
    }

    #[test]
    fn a_slow_callback_has_the_worker_and_one_that_hands_on_has_not() {
        let slow = callback::slow().expect("the system has room for one");
        assert_eq!(slow, Behind { ended_meanwhile: false, result: 4 });
        let handed_on = callback::handed_on().expect("the system has room for one");
        assert_eq!(handed_on, Behind { ended_meanwhile: true, result: 4 });
    }

    #[test]
    fn a_callback_may_submit_another_task_if_it_does_not_wait_for_it() {
        assert_eq!(callback::chained().expect("the system has room for one"), 2);
    }
}

#[test]
fn a_callback_that_waits_for_a_task_of_its_pool_stops_it() {
    use std::process::Command;
    let mut command = Command::new(env!("CARGO_BIN_EXE_thread-pool"));
    let deadline = std::time::Duration::from_secs(60);
    let seen =
        stage::watch(command.arg("callback"), "waits", deadline).expect("the binary was built");
    match seen.end {
        stage::End::Deadlocked(knot) => assert_eq!(knot.to_string(), "w1 → task 2 → w1"),
        other => panic!("it did not deadlock: {other:?}; {}", seen.complaint),
    }
}
