//! Tasks and results of a caller's own that panic where a pool does not expect it, or do to a worker
//! what no task should.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use checks::eventually;
use process_pool::{Builder, Error, OnDeath, Options};

use crate::asker::{ASKED, ASKS, Asker};
use crate::job::{Bomb, Job, WRITTEN};
use crate::{built, fail, make_tasks_look_small, pool, run};

claims! {
    fn a_task_whose_name_and_drop_use_the_pool_is_reported_when_its_worker_dies() {
        let pool = ASKED.get_or_init(|| pool(1));
        assert!(matches!(fail(pool, Job::Asks(Asker)), Error::Died { .. }));
        assert_eq!(ASKS.load(SeqCst), 2, "its name and its drop");
        run(pool, Job::Echo(7));
    }

    fn a_result_that_panics_when_it_is_dropped_unread_ends_no_thread_of_the_pool() {
        let pool = pool(1);
        // A result that is there already is dropped with its handle: it is not to be there before.
        let held = pool.lock();
        drop(pool.submit(Job::Bomb));
        drop(held);
        run(&pool, Job::Echo(7));
    }

    fn a_cancelled_task_that_panics_when_it_is_dropped_ends_no_thread_of_the_pool() {
        let pool = built(Builder::new().workers(1).chunk(1));
        // The first waits for the lock, and the second in the queue, which is the last to have it.
        let held = pool.lock();
        let first = pool.submit(Job::Add(1));
        let second = pool.submit(Job::Carries(Bomb));
        assert!(second.cancel());
        drop((first, second));
        drop(held);
        run(&pool, Job::Echo(7));
        pool.shutdown();
    }

    fn a_task_whose_name_panics_is_named_by_its_type() {
        let pool = pool(1);
        let error = fail(&pool, Job::Nameless);
        assert!(matches!(&error, Error::Panicked { name, .. } if name.ends_with("Job")), "{error}");
        run(&pool, Job::Echo(7));
    }

    fn a_worker_whose_channels_are_closed_by_its_task_is_replaced_and_the_task_reported() {
        for returns in [true, false] {
            let pool = pool(1);
            assert!(matches!(fail(&pool, Job::Closes { returns }), Error::Died { .. }));
            run(&pool, Job::Echo(7));
        }
    }

    fn a_worker_inherits_no_descriptor_of_its_siblings_whose_end_it_would_hide() {
        if cfg!(not(target_os = "linux")) {
            return;
        }
        let alone = run(&pool(1), Job::Descriptors).text;
        let pool = pool(4);
        eventually("four workers", || pool.pids().len() >= 4);
        for _ in 0..4 {
            let before = pool.pids();
            pool.counter().store(1, SeqCst);
            fail(&pool, Job::ExitsWhileCounted);
            eventually("another worker", || pool.pids().len() >= 4 && pool.pids() != before);
            // Those that were there first, and those that came while all others were there.
            for outcome in pool.map((0..40).map(|_| Job::Descriptors)) {
                assert_eq!(outcome.expect("a worker lives").text, alone);
            }
        }
    }

    fn workers_that_fail_to_begin_are_followed_by_others_unless_too_many_fail_in_a_row() {
        let pool = built(Builder::new().workers(1).initializer(&Job::ExitsWhileCounted));
        for _ in 0..5 {
            pool.counter().store(5, SeqCst);
            fail(&pool, Job::ExitsWhileCounted);
            run(&pool, Job::Echo(7));
            assert_eq!(pool.counter().load(SeqCst), 0);
        }
    }

    fn a_task_that_a_worker_returned_is_not_sent_to_it_again_and_again() {
        let pool = pool(1);
        make_tasks_look_small(&pool);
        let time_limit = Some(Duration::from_millis(300));
        let options = Options { on_death: OnDeath::Report, time_limit };
        let hangs = pool.submit_with(Job::Hang, options);
        let behind = pool.submit(Job::Counted(()));
        assert!(matches!(hangs.wait(), Err(Error::TimedOut { .. })));
        assert!(behind.wait().is_ok());
        let written = WRITTEN.load(SeqCst);
        // To the one that hangs, to which it may have been under way twice, and to the next.
        assert!((1..=5).contains(&written), "it was sent {written} times");
    }
}
