//! What every type that is made by hand in this topic promises.

use std::panic::{catch_unwind, resume_unwind};
use std::thread::scope;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use kit::sync_point::SyncPoint;
use threads_basics::baton::Baton;
use threads_basics::gauge::Gauge;
use threads_basics::real::gil::Gil;
use threads_basics::real::gil::machine::Machine;
use threads_basics::real::worker::{ChannelWorker, FlagWorker};

// It can stand in a static: `new` is a constant.
static GIL: Gil = Gil::new(None);
static BATON: Baton = Baton::between_threads();

/// Lets two threads acquire the lock by turns, `times` times each.
fn hand_over(gil: &Gil, times: usize) {
    scope(|scope| {
        for me in [1, 2] {
            scope.spawn(move || {
                for _ in 0..times {
                    gil.acquire(me);
                    gil.release(me);
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
        gil.acquire(1);
        scope(|scope| {
            scope.spawn(|| {
                gil.acquire(2);
                gil.release(2);
            });
            while !gil.wanted() {
                std::thread::yield_now();
            }
            gil.release(1);
        });
    }

    #[test]
    fn debug_waits_for_no_holder() {
        GIL.acquire(1);
        assert!(format!("{GIL:?}").contains("held: true"));
        GIL.release(1);
    }

    #[test]
    fn each_serves_a_thread_whose_locals_are_destroyed() {
        fn use_all() -> u64 {
            let (gil, gauge) = (Gil::new(None), Gauge::default());
            gil.acquire(1);
            gauge.enter();
            gauge.leave();
            gil.release(1);
            SyncPoint::of(1).meet();
            assert!(format!("{BATON:?}").contains("private: true"));
            BATON.take(0);
            let worker = ChannelWorker::start();
            worker.send(2);
            worker.stop().expect("it does not panic").sum
        }
        let sum = while_thread_locals_are_destroyed(|| _ = use_all(), use_all);
        assert_eq!(sum.expect("nothing panics"), 2);
    }

    #[test]
    fn a_worker_whose_owner_panics_is_stopped_and_joined() {
        let ended = catch_unwind(|| {
            let _worker = FlagWorker::start(&SyncPoint::of(2).in_rounds());
            resume_unwind(Box::new("the owner"));
        });
        assert!(ended.is_err());
    }
}

#[test]
fn what_may_be_sent_and_shared_can_be() {
    fn both<T: Send + Sync>() {}
    both::<(Gil, Machine, SyncPoint, Gauge, Baton)>();
    both::<(FlagWorker, ChannelWorker)>();
}
