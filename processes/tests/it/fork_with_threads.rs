//! A lock that another thread held at the fork.

use std::time::Duration;

use processes::child::DEADLINE;
use processes::fork_with_threads::{lock_first, lock_held, started};
use processes::spawn_and_wait::Ended;

use crate::end_of_a_run::dies_with_its_lesson;
use crate::program;

checks::within_a_minute! {
    #[test]
    fn a_child_forked_while_another_thread_has_the_lock_never_gets_it() {
        let fared = lock_held(Duration::from_millis(100)).expect("it can fork");
        assert_eq!(fared.ended, None);
        if cfg!(target_os = "linux") {
            let seen = fared.seen.expect("/proc shows it");
            assert_eq!((seen.threads, seen.state), (1, 'S'), "alone, and asleep");
        }
    }

    #[test]
    fn a_child_that_is_a_program_of_its_own_has_a_lock_of_its_own() {
        assert_eq!(started(program(), false).expect("it can be started"), Ended::Exited(0));
    }

    #[test]
    fn a_child_that_a_template_forks_finds_the_lock_free() {
        assert_eq!(started(program(), true).expect("it can be started"), Ended::Exited(0));
    }

    #[test]
    fn a_lock_that_the_forking_thread_has_can_be_let_go_of_in_the_child() {
        assert_eq!(lock_first(DEADLINE).expect("it can fork").ended, Some(Ended::Exited(0)));
    }
}

#[test]
fn a_lesson_that_is_killed_takes_the_child_that_hangs_with_it() {
    dies_with_its_lesson(&["fork-with-threads", "--variant", "lock-held"]);
}
