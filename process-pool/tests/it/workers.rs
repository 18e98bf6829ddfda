//! The lessons `initializer`, `retire` and `versus-threads`.

use process_pool::versus_threads::{self as versus, Rivals};
use process_pool::{initializer, retire};

use crate::program;

checks::within_a_minute! {
    #[test]
    fn what_the_caller_has_prepared_in_a_static_no_worker_finds() {
        let out = initializer::in_the_caller(program()).expect("the workers live");
        assert!(out.workers >= 1);
        assert_eq!(out.missed, out.workers);
    }

    #[test]
    fn what_the_initializer_has_prepared_every_task_finds() {
        let out = initializer::in_each_worker(program()).expect("the workers live");
        assert_eq!(out.missed, 0);
    }

    #[test]
    fn an_initializer_that_panics_is_told_when_the_pool_is_built() {
        let why = initializer::fails(program()).expect("there is no pool");
        assert!(why.contains("the initializer failed") && why.contains("no licence"), "{why}");
    }

    #[test]
    fn a_worker_that_stays_keeps_what_its_tasks_leak() {
        let out = retire::run(program(), None).expect("the workers live");
        assert!(out.ran.len() <= 2, "{out:?}");
        assert!(out.leaked >= 6, "{out:?}");
    }

    #[test]
    fn a_worker_that_retires_after_two_tasks_takes_what_they_leaked_with_it() {
        let out = retire::run(program(), Some(2)).expect("the workers live");
        assert_eq!(out.leaked, 2, "{out:?}");
        assert!(out.ran.len() >= 6 && out.ran.iter().all(|(_, tasks)| *tasks <= 2), "{out:?}");
    }

    #[test]
    fn a_task_that_aborts_on_a_thread_ends_the_program_and_in_a_process_itself() {
        let (signal, answers) = versus::abort_on_a_thread(program()).expect("the binary was built");
        assert_eq!((signal, answers), (Some(6), 0), "SIGABRT, and no answer");
        let (done, said) = versus::abort_in_a_process(program()).expect("a worker lives");
        assert_eq!(done, 9);
        assert!(said.is_some_and(|said| said.contains("SIGABRT")));
    }

    #[test]
    fn a_lock_of_the_whole_process_lets_one_thread_work_but_two_processes() {
        assert_eq!(versus::lock_on_threads(), 1);
        assert_eq!(versus::lock_in_processes(program()).expect("the workers live"), 2);
    }

    #[test]
    fn threads_and_processes_answer_every_task_that_is_timed() {
        let rivals = Rivals::new(program()).expect("the workers live");
        assert!(rivals.one_by_one(20).is_ok());
        assert!(rivals.many_in_flight(500).is_ok());
        assert!(rivals.large(1 << 20, 3).is_ok());
    }
}
