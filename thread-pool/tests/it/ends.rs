//! The lessons `shutdown`, `panic` and `cancel`: how a pool ends, and how a task does.

use std::path::Path;
use std::time::Duration;

use thread_pool::cancel::{self, Cancelled, Limited, Stopped};
use thread_pool::panic::{self, Caught, Left};
use thread_pool::role::ROLE;
use thread_pool::shutdown::{Ends, afterwards, lines, now, waits};
use thread_pool::{CancelToken, Pool, Reason};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_thread-pool"))
}

checks::within_a_minute! {
    #[test]
    fn what_is_queued_when_main_returns_is_lost_also_by_rayon() {
        for main in ["left", "left-to-rayon"] {
            let lines = lines(program(), main).expect("the binary was built");
            assert_eq!(lines, ["task 1 begins", "main returns"], "{main}");
        }
    }

    #[test]
    fn what_is_queued_when_main_shuts_the_pool_down_is_run() {
        let lines = lines(program(), "shut-down").expect("the binary was built");
        assert_eq!(lines, ["task 1 begins", "task 1 ends", "task 2 ends", "task 3 ends", "main returns"]);
    }

    #[test]
    fn a_shutdown_returns_when_all_tasks_have_ended_and_so_does_a_drop() {
        let by_name = waits(50, 10, |pool| pool.shutdown()).expect("the system has room for ten");
        let by_drop = waits(50, 10, drop).expect("the system has room for ten");
        assert_eq!((by_name.after, by_drop.after), (50, 50));
    }

    #[test]
    fn a_shutdown_at_once_hands_back_what_nobody_has_begun_and_its_handles_say_so() {
        let ends = now(50, 10).expect("the system has room for ten");
        assert_eq!(ends, Ends { before: 0, after: 10, handed_back: 40, dropped: 40 });
    }

    #[test]
    fn a_pool_that_was_shut_down_hands_the_job_back() {
        let here = std::thread::current().name().map(str::to_owned);
        assert_eq!(afterwards().expect("the system has room for one"), Some((Reason::ShutDown, here)));
    }

    #[test]
    fn a_pool_that_catches_nothing_has_no_workers_left_after_as_many_panics() {
        assert_eq!(panic::uncaught(), Left { workers: 0, queued: 1 });
    }

    #[test]
    fn a_pool_that_catches_panics_keeps_its_workers_and_gives_each_payload_to_its_handle() {
        let caught = panic::caught().expect("the system has room for four");
        assert_eq!(caught, Caught { payloads: vec![1, 2, 3, 4], workers: 4 });
    }

    #[test]
    fn who_asks_for_the_result_may_go_on_with_the_panic() {
        assert_eq!(panic::passed_on().expect("the system has room for one"), Some("in the task"));
    }

    #[test]
    fn a_handle_that_is_dropped_hides_the_panic_but_from_the_handler() {
        assert_eq!(panic::ignored().expect("the system has room for one"), None);
        assert_eq!(panic::handler().expect("the system has room for one"), Some("in the task"));
    }

    #[test]
    fn a_panic_ends_the_process_if_rayon_has_nobody_to_give_it_to_and_goes_on_if_it_has() {
        assert_eq!(panic::in_rayon(program()).expect("the binary was built"), Some(6), "SIGABRT");
        assert_eq!(panic::in_rayons_scope(), Some("in the task"));
    }

    #[test]
    fn a_task_that_is_queued_can_be_cancelled_and_never_begins() {
        let ended = cancel::queued().expect("the system has room for one");
        assert_eq!(ended, Cancelled { said: true, handle: true, ended: false });
    }

    #[test]
    fn a_task_that_runs_cannot_be_cancelled() {
        let ended = cancel::running().expect("the system has room for one");
        assert_eq!(ended, Cancelled { said: false, handle: false, ended: true });
    }

    #[test]
    fn a_task_that_asks_its_token_stops_between_two_steps() {
        assert_eq!(cancel::token().expect("the system has room for one"), Err(Stopped(3)));
    }

    #[test]
    fn a_time_limit_for_waiting_ends_the_waiting_and_not_the_task() {
        let limited = cancel::wait_limit().expect("the system has room for one");
        assert_eq!(limited, Limited { passed: true, kept_its_worker: true });
    }

    #[test]
    fn a_time_limit_that_the_task_asks_for_ends_the_task() {
        let limited = cancel::deadline().expect("the system has room for one");
        assert_eq!(limited, Limited { passed: true, kept_its_worker: false });
    }
}

#[test]
fn a_token_is_cancelled_in_all_its_clones_by_hand_or_when_its_time_is_over() {
    let token = CancelToken::new();
    assert!(!token.is_cancelled());
    token.clone().cancel();
    assert!(token.is_cancelled());

    assert!(CancelToken::for_time(Duration::ZERO).is_cancelled());
    let long = CancelToken::for_time(Duration::MAX);
    assert!(!long.is_cancelled(), "an end beyond all clocks never comes");
    long.cancel();
    assert!(long.is_cancelled());
}

#[test]
fn a_role_that_does_not_exist_is_refused_in_one_line() {
    let mut child = std::process::Command::new(program());
    checks::refused(
        &child.env(ROLE, "usher").output().expect("the binary was built"),
        "left, left-to-rayon, shut-down, rayon-panic",
    );
}
