//! The lesson `nested`: tasks that wait for tasks of their own pool.

use std::process::Command;
use std::time::Duration;

use stage::{Bound, End, Explored, explore, model};
use thread_pool::model::nested::{helps, waits};
use thread_pool::nested::{expected, handed_on, one_more_worker, run};
use thread_pool::{RayonPool, StealingPool};

fn explored(run: fn() -> [u32; 2]) -> Explored {
    let bound = Bound { schedules: 5_000, random: 500, ..Bound::default() };
    explore(&bound, &model(move || assert_eq!(run(), [11, 22])))
}

#[test]
fn a_pool_whose_workers_do_nothing_while_they_wait_stops_on_every_run() {
    let output =
        checks::run(env!("CARGO_BIN_EXE_thread-pool"), &["nested", "--variant", "channel"]);
    let said = checks::fits(&output, "80");
    assert!(said.contains("deadlock"), "{said}");
    for waits in ["waits for inner 1", "waits for inner 2"] {
        assert!(said.contains(waits), "{said}");
    }
}

#[test]
fn a_worker_that_helps_stops_on_a_task_that_waits_for_the_one_below_it_on_its_stack() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thread-pool"));
    let deadline = Duration::from_secs(60);
    let seen =
        stage::watch(command.arg("nested"), "below", deadline).expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => {
            let knot = knot.to_string();
            assert!(["w1 → outer → w1", "w2 → outer → w2"].contains(&&*knot), "{knot}");
        }
        other => panic!("it did not deadlock: {other:?}; {}", seen.complaint),
    }
}

#[test]
fn the_model_checker_finds_where_it_stops() {
    let found = explored(waits);
    assert!(found.counts().iter().any(|count| count.deadlocked > 0), "{found:?}");
    assert!(found.counts().iter().all(|count| count.panicked == 0), "{found:?}");
}

#[test]
fn the_model_checker_finds_no_schedule_in_which_workers_that_help_stop() {
    let found = explored(helps);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
}

checks::within_a_minute! {
    #[test]
    fn who_waits_on_a_pool_that_helps_gets_its_result_however_many_wait() {
        for workers in [1, 2, 5] {
            assert_eq!(run::<StealingPool>(workers).expect("there is room for some threads"), expected(workers));
            assert_eq!(run::<RayonPool>(workers).expect("there is room for some threads"), expected(workers));
        }
    }

    #[test]
    fn one_worker_more_than_tasks_that_wait_is_enough_and_so_is_not_to_wait() {
        for workers in [1, 2, 5] {
            assert_eq!(one_more_worker(workers).expect("there is room for some threads"), expected(workers));
            assert_eq!(handed_on(workers).expect("there is room for some threads"), expected(workers));
        }
    }
}
