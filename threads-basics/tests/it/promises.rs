//! What every hand-made type of the topic promises, whichever it is.

use std::panic::{catch_unwind, resume_unwind};
use std::process::Command;
use std::thread::scope;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use threads_basics::Meeting;
use threads_basics::child::run;
use threads_basics::gauge::Gauge;
use threads_basics::real::gil::Gil;
use threads_basics::real::gil::machine::Machine;
use threads_basics::real::worker::{flag, hung_up};

// It can stand in a static: `new` is a constant.
static GIL: Gil = Gil::new(None);

/// Two threads take the lock in turn, each as often as it is said.
fn hand_over(gil: &Gil, times: usize) {
    scope(|scope| {
        for me in [1, 2] {
            scope.spawn(move || {
                for _ in 0..times {
                    gil.take(me);
                    gil.let_go(me);
                }
            });
        }
    });
}

checks::within_a_minute! {
    #[test]
    fn an_interval_without_an_end_or_of_no_length_keeps_the_lock_from_nobody() {
        for interval in [Some(Duration::MAX), Some(Duration::ZERO), None] {
            hand_over(&Gil::new(interval), 200);
        }
        // With an interval of no length, a thread that waits asks at once.
        let gil = Gil::new(Some(Duration::ZERO));
        gil.take(1);
        scope(|scope| {
            scope.spawn(|| {
                gil.take(2);
                gil.let_go(2);
            });
            while !gil.wanted() {
                std::thread::yield_now();
            }
            gil.let_go(1);
        });
    }

    #[test]
    fn debug_waits_for_no_holder() {
        GIL.take(1);
        assert!(format!("{GIL:?}").contains("held: true"));
        GIL.let_go(1);
    }

    #[test]
    fn each_serves_a_thread_whose_locals_are_destroyed() {
        fn use_all() -> u64 {
            let (gil, gauge) = (Gil::new(None), Gauge::default());
            gil.take(1);
            gauge.enter();
            gauge.leave();
            gil.let_go(1);
            Meeting::of(1).meet();
            let worker = hung_up::Worker::start();
            worker.send(2);
            worker.stop().expect("it does not panic").sum
        }
        assert_eq!(while_thread_locals_are_destroyed(|| _ = use_all(), use_all).expect("nothing panics"), 2);
    }

    #[test]
    fn a_child_has_no_limit_in_a_time_without_an_end_and_none_at_all_in_no_time() {
        let ended = run(Command::new("sh").args(["-c", "echo done"]), Duration::MAX).expect("it ends");
        assert_eq!(ended.stdout, b"done\n");
        let late = run(Command::new("sh").args(["-c", "exec sleep 3600"]), Duration::ZERO);
        assert_eq!(late.expect_err("it was given no time").kind(), std::io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_worker_whose_owner_panics_is_stopped_and_joined() {
        let ended = catch_unwind(|| {
            let _worker = flag::Worker::start(&Meeting::of(2));
            resume_unwind(Box::new("the owner"));
        });
        assert!(ended.is_err());
    }
}

#[test]
fn what_may_be_sent_and_shared_can_be() {
    fn both<T: Send + Sync>() {}
    both::<(Gil, Machine, Meeting, Gauge)>();
    both::<(flag::Worker, hung_up::Worker)>();
}
