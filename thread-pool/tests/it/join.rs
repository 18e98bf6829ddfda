//! Fork and join of two closures on the stack of the thread that waits for both.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;

use thread_pool::{Builder, Job, Pool, StealingPool, WhenFull};

use crate::contract::PanicsAtItsEnd;

fn pool(workers: usize) -> StealingPool {
    Builder::new().workers(workers).build().expect("the system has room for some threads")
}

fn fibonacci(pool: &StealingPool, n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (one, two) = pool.join(|| fibonacci(pool, n - 1), || fibonacci(pool, n - 2));
    one + two
}

/// What a function panics with, if that is a word.
fn panic_of<R>(function: impl FnOnce() -> R) -> Option<&'static str> {
    let panic = catch_unwind(AssertUnwindSafe(function)).err()?;
    panic.downcast_ref::<&str>().copied()
}

/// Panics in silence.
fn panics(word: &'static str) -> u32 {
    resume_unwind(Box::new(word))
}

/// Joins two closures of which the second is stolen. The first forks until it has begun: a worker that
/// fell asleep as that was forked is woken by a later fork.
fn stolen<A: Send, B: Send>(
    pool: &StealingPool,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    let begun = AtomicBool::new(false);
    let first = || {
        while !begun.load(Relaxed) {
            pool.join(|| (), || ());
        }
        first()
    };
    pool.join(first, || {
        begun.store(true, Relaxed);
        second()
    })
}

checks::within_a_minute! {
    #[test]
    fn functions_that_divide_themselves_return_what_they_would_alone() {
        for workers in [1, 2, 4] {
            assert_eq!(fibonacci(&pool(workers), 20), 6_765);
        }
    }

    #[test]
    fn both_borrow_and_write_to_what_they_borrow() {
        let (pool, mut left, mut right) = (pool(2), vec![3, 1, 2], [5, 4]);
        pool.join(|| left.sort(), || right.sort());
        assert_eq!((left, right), (vec![1, 2, 3], [4, 5]));
    }

    #[test]
    fn the_second_is_called_by_another_worker_while_the_first_is_at_work() {
        let pool = pool(2);
        for _ in 0..200 {
            let this_thread = || thread::current().id();
            let (first, second) = stolen(&pool, this_thread, this_thread);
            assert_ne!(first, second);
        }
    }

    #[test]
    fn a_panic_of_either_side_comes_out_after_both_are_over_and_costs_no_worker() {
        for workers in [1, 2] {
            let pool = pool(workers);
            for _ in 0..100 {
                assert_eq!(panic_of(|| pool.join(|| panics("first"), || 2)), Some("first"));
                let called = AtomicU32::new(0);
                let second = || pool.join(|| called.fetch_add(1, Relaxed), || panics("second"));
                assert_eq!((panic_of(second), called.into_inner()), (Some("second"), 1));
                let both = || pool.join(|| panics("first"), || panics("second"));
                assert_eq!(panic_of(both), Some("first"));
            }
            assert_eq!(pool.join(|| 1, || 2), (1, 2));
        }
    }

    #[test]
    fn a_panic_waits_for_the_other_side_if_somebody_has_begun_it() {
        let pool = pool(2);
        for _ in 0..100 {
            let over = AtomicBool::new(false);
            let second = || {
                thread::yield_now();
                over.store(true, Relaxed);
            };
            assert_eq!(panic_of(|| stolen(&pool, || panics("first"), second)), Some("first"));
            assert!(over.into_inner());
        }
    }

    #[test]
    fn a_pool_that_takes_nothing_has_both_called_where_it_is_asked() {
        let pool = pool(2);
        pool.shutdown();
        assert_eq!(fibonacci(&pool, 10), 55);
    }

    #[test]
    fn a_bound_is_kept_and_does_not_stop_who_divides_himself() {
        for when_full in [WhenFull::Block, WhenFull::Reject, WhenFull::RunInCaller] {
            let pool = Builder::new().workers(2).queue(2, when_full).build::<StealingPool>();
            let pool = pool.expect("there is room for two");
            for _ in 0..20 {
                assert_eq!(fibonacci(&pool, 12), 144);
            }
            assert_eq!(pool.queued(), 0);
            // All room was given back, and none twice.
            assert_eq!(pool.submit(|| 7).expect("there is room").wait().expect("it does not panic"), 7);
        }
    }

    #[test]
    fn a_pool_that_is_told_to_stop_in_the_middle_does_not_leave_anybody_waiting() {
        for _ in 0..100 {
            let pool = pool(2);
            thread::scope(|scope| {
                let asks = scope.spawn(|| fibonacci(&pool, 14));
                drop(pool.shutdown_now());
                assert_eq!(asks.join().expect("it does not panic"), 377);
            });
        }
    }

    #[test]
    fn both_are_called_if_the_pool_is_stopped_before_it_has_begun_and_what_comes_back_is_forgotten() {
        for _ in 0..50 {
            let pool = pool(1);
            let ((open, gate), (begun, has_begun)) = (channel::<()>(), channel());
            pool.execute(Job::new(move || {
                begun.send(()).expect("the test waits for it");
                let _ = gate.recv();
            })).expect("it is not shut down");
            has_begun.recv().expect("the job sends it");
            thread::scope(|scope| {
                let asks = scope.spawn(|| pool.join(|| 1, || 2));
                while pool.queued() == 0 {
                    thread::yield_now();
                }
                let stops = scope.spawn(|| pool.shutdown_now());
                while pool.queued() > 0 {
                    thread::yield_now();
                }
                drop(open);
                let back = stops.join().expect("it does not panic");
                assert!(back.is_empty(), "it is for the thread that waits for it");
                std::mem::forget(back);
                assert_eq!(asks.join().expect("it does not panic"), (1, 2));
            });
        }
    }

    #[test]
    fn a_job_that_stops_its_pool_leaves_no_join_of_another_waiting() {
        for _ in 0..100 {
            let pool = std::sync::Arc::new(pool(3));
            let pool2 = std::sync::Arc::clone(&pool);
            let stops = Job::new(move || std::mem::forget(pool2.shutdown_now()));
            thread::scope(|scope| {
                let asks = scope.spawn(|| fibonacci(&pool, 12));
                // It may be refused, if it comes late; it never does.
                pool.execute(stops).expect("nobody else shuts it down");
                assert_eq!(asks.join().expect("it does not panic"), 144);
            });
        }
    }

    #[test]
    fn what_panics_as_it_is_dropped_on_the_way_of_a_panic_ends_nothing() {
        let pool = pool(2);
        for _ in 0..50 {
            let both = || stolen(&pool, || PanicsAtItsEnd("at its end"), || panics("second"));
            assert_eq!(panic_of(both), Some("second"));
        }
        // Nor where nobody steals it: one worker is alone, a queue full, a pool shut down.
        let panics = |pool: &StealingPool| {
            panic_of(|| pool.join(|| PanicsAtItsEnd("at its end"), || panics("second")))
        };
        let full = Builder::new().workers(1).queue(1, WhenFull::Reject).build::<StealingPool>();
        let full = full.expect("there is room for one");
        assert_eq!(full.join(|| panics(&full), || ()).0, Some("second"));
        assert_eq!(panics(&self::pool(1)), Some("second"));
        pool.shutdown();
        assert_eq!(panics(&pool), Some("second"));
    }
}
