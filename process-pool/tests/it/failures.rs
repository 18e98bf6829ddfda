//! The lessons `crash`, `poison` and `timeout`: nothing is lost, and nobody waits for ever, but on
//! the naive pool.

use process_pool::act::{Act, Doing};
use process_pool::naive::Naive;
use process_pool::scene::Scene;
use process_pool::{Error, OnDeath, crash, poison, timeout};

use crate::program;

checks::within_a_minute! {
    #[test]
    fn on_the_naive_pool_the_task_of_a_dead_worker_is_never_answered() {
        let out = checks::run(env!("CARGO_BIN_EXE_process-pool"), &["crash", "--variant", "naive"]);
        let said = String::from_utf8_lossy(&out.stdout);
        assert_eq!(out.status.code(), Some(0), "{said}");
        assert!(said.contains("deadlocked") && said.contains("the answer to task 4"), "{said}");
    }

    #[test]
    fn the_naive_pool_answers_every_task_as_long_as_nobody_dies() {
        let scene = Scene::new(program()).expect("there is a port");
        let mut pool = Naive::new(program(), 2, scene.port()).expect("the binary was built");
        for number in 1..=100 {
            pool.submit(&Act::task(number, Doing::Nothing)).expect("a worker reads");
        }
        let mut answers: Vec<_> = (0..100).map(|_| pool.answer().expect("a worker answers").text).collect();
        answers.sort_unstable();
        answers.dedup();
        assert_eq!(answers.len(), 100);
    }

    #[test]
    fn a_task_whose_worker_is_killed_is_reported_and_all_others_are_done() {
        let came = crash::run(program(), OnDeath::Report).expect("the pool lives");
        assert!(matches!(came.victim, Some(Error::Died { pid, ref name, .. }) if pid == came.killed && name == "task 4"), "{came:?}");
        assert_eq!((came.done, came.others.len(), came.again), (9, 0, None));
    }

    #[test]
    fn or_it_is_run_again_by_another_worker_if_its_caller_has_said_so() {
        let came = crash::run(program(), OnDeath::RunAgain { limit: 3 }).expect("the pool lives");
        assert_eq!((came.done, came.others.len()), (10, 0), "{came:?}");
        assert!(came.again.is_some_and(|pid| pid != came.killed), "{came:?}");
    }

    #[test]
    fn without_a_limit_a_task_that_kills_its_worker_kills_one_after_the_other() {
        let came = poison::run(program(), None).expect("the pool lives");
        assert_eq!((came.deaths, came.others), (poison::BOUND, poison::OTHERS));
        assert!(matches!(came.poison, Some(Error::Closed)), "{came:?}");
    }

    #[test]
    fn with_a_limit_it_is_given_up_and_named_and_the_others_are_done() {
        let came = poison::run(program(), Some(3)).expect("the pool lives");
        assert_eq!(came.others, poison::OTHERS);
        assert!(matches!(came.poison, Some(Error::Poison { deaths: 3, ref name, .. }) if name == "task 1"), "{came:?}");
    }

    #[test]
    fn a_limit_for_waiting_leaves_the_task_its_worker_and_the_next_is_not_run() {
        let came = timeout::for_waiting(program()).expect("the pool lives");
        assert!(came.hangs.is_none() && !came.next_ran && came.workers.1.is_none(), "{came:?}");
    }

    #[test]
    fn a_limit_for_the_task_kills_its_worker_and_the_next_is_run_by_another() {
        let came = timeout::for_the_task(program()).expect("the pool lives");
        assert!(matches!(came.hangs, Some(Error::TimedOut { ref name, .. }) if name == "task 1"), "{came:?}");
        assert!(came.next_ran && came.workers.1.is_some_and(|pid| pid != came.workers.0), "{came:?}");
    }
}
