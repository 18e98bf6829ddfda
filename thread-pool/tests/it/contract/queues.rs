//! The queue: without a bound, and with one, under each policy.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;

use thread_pool::{Builder, Job, Pool, Reason, WhenFull};

use super::{Runs, every_pool, keep, pool, reporting, run, submit};

every_pool!(
    jobs_that_nobody_has_begun_are_counted,
    a_full_queue_that_refuses_hands_the_job_back,
    many_jobs_at_once_that_find_room_for_some_are_handed_back_for_the_rest,
    many_jobs_at_once_are_run_once_each_from_outside_and_from_a_worker,
    a_full_queue_may_have_the_caller_run_the_job,
    whoever_waits_for_room_is_never_further_ahead_than_the_bound,
    whoever_waits_for_room_is_refused_when_the_pool_is_shut_down,
);

fn bounded<P: Pool>(bound: usize, when_full: WhenFull) -> P {
    Builder::new().workers(1).queue(bound, when_full).build().expect("there is room for one")
}

fn jobs_that_nobody_has_begun_are_counted<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    assert_eq!(pool.queued(), 0, "the one that keeps the worker was begun");
    for queued in 1..=5 {
        run(&pool, || ());
        assert_eq!(pool.queued(), queued);
    }
    drop(open);
    pool.shutdown();
    assert_eq!(pool.queued(), 0);
}

fn a_full_queue_that_refuses_hands_the_job_back<P: Pool>() {
    let pool: P = bounded(2, WhenFull::Reject);
    let open = keep(&pool);
    for _ in 0..2 {
        run(&pool, || ());
    }
    let (send, result) = channel();
    let job = Job::new(move || send.send(7).expect("it is waited for"));
    let rejected = pool.execute(job).expect_err("the queue is full");
    assert_eq!((rejected.reason, pool.queued()), (Reason::Full, 2));
    rejected.job.run();
    assert_eq!(result.recv(), Ok(7), "it can still be run");
    drop(open);
    while pool.queued() > 0 {
        thread::yield_now();
    }
    run(&pool, || ());
}

fn many_jobs_at_once_that_find_room_for_some_are_handed_back_for_the_rest<P: Pool>() {
    let pool: P = bounded(3, WhenFull::Reject);
    let open = keep(&pool);
    let ran = Runs::default();
    pool.execute_all(Vec::new()).expect("there is nothing to refuse");
    let jobs = (0..10).map(|_| Job::new(ran.job()));
    let rejected = pool.execute_all(jobs.collect()).expect_err("there is room for three");
    assert_eq!(rejected.len(), 7);
    assert!(rejected.iter().all(|rejected| rejected.reason == Reason::Full));
    drop(open);
    drop(pool);
    assert_eq!(ran.count(), 3);
}

fn many_jobs_at_once_are_run_once_each_from_outside_and_from_a_worker<P: Pool + 'static>() {
    let (pool, ran) = (Arc::new(pool::<P>(2)), Runs::default());
    let jobs = |count| (0..count).map(|_| Job::new(ran.job())).collect::<Vec<_>>();
    // More than fit into two chunks of the stealing pool.
    pool.execute_all(jobs(600)).expect("it has no bound");
    let (submitter, more) = (Arc::clone(&pool), jobs(10));
    let taken = submit(&*pool, move || submitter.execute_all(more).is_ok());
    assert!(taken.wait().expect("it does not panic"));
    pool.shutdown();
    assert_eq!(ran.count(), 610);
}

fn a_full_queue_may_have_the_caller_run_the_job<P: Pool>() {
    let (pool, told) = reporting::<P>(Builder::new().workers(1).queue(1, WhenFull::RunInCaller));
    let open = keep(&pool);
    run(&pool, || ());
    let here = pool.submit(|| thread::current().id()).expect("it is run here");
    assert!(here.is_finished());
    assert_eq!(here.wait().expect("it does not panic"), thread::current().id());
    run(&pool, || resume_unwind(Box::new("told as if it were on a worker")));
    assert!(told.try_recv().is_ok());
    drop(open);
}

fn whoever_waits_for_room_is_never_further_ahead_than_the_bound<P: Pool>() {
    const BOUND: usize = 3;
    let pool: P = bounded(BOUND, WhenFull::Block);
    let (submitted, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (send, ahead) = channel();
    let open = keep(&pool);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..200 {
                let (send, begun, count) =
                    (send.clone(), Arc::clone(&begun), Arc::clone(&submitted));
                run(&pool, move || {
                    // There is one worker: what is not in the queue was begun.
                    let begun = begun.fetch_add(1, SeqCst) + 1;
                    send.send(count.load(SeqCst).saturating_sub(begun)).expect("it is asked");
                });
                // Counted late, never early.
                submitted.fetch_add(1, SeqCst);
            }
        });
        // The submitter comes to the bound, for nothing is begun meanwhile.
        while submitted.load(SeqCst) < BOUND {
            thread::yield_now();
        }
        assert_eq!(pool.queued(), BOUND);
        drop(open);
    });
    drop((pool, send));
    let ahead: Vec<_> = ahead.iter().collect();
    assert_eq!(ahead.len(), 200, "all are run");
    assert!(ahead.iter().all(|&ahead| ahead <= BOUND), "{ahead:?}");
}

fn whoever_waits_for_room_is_refused_when_the_pool_is_shut_down<P: Pool>() {
    let pool: P = bounded(1, WhenFull::Block);
    let open = keep(&pool);
    let queued = pool.submit(|| 1).expect("there is room for one");
    let waits = thread::scope(|scope| {
        // Whether it comes before the shutdown and waits, or after it: it never finds room.
        let waits =
            scope.spawn(|| pool.submit(|| 2).map(drop).expect_err("there is no room").reason);
        scope.spawn(|| pool.shutdown());
        let reason = waits.join().expect("it does not panic");
        drop(open);
        reason
    });
    assert_eq!(waits, Reason::ShutDown);
    assert!(matches!(queued.wait(), Ok(1)), "what was in the queue is run");
}
