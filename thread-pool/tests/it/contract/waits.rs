//! Jobs that wait for jobs of their own pool, on the pools whose workers run other jobs meanwhile.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;

use thread_pool::{Builder, Handle, Pool, WhenFull, as_completed};

use super::{Runs, every_pool_that_helps, pool, run, submit};

every_pool_that_helps!(
    a_worker_that_waits_runs_a_job_that_is_submitted_later,
    a_worker_that_waits_for_a_scope_runs_tasks_that_are_added_later,
    a_worker_that_finds_the_queue_full_makes_room_itself,
    a_thousand_independent_jobs_that_each_wait_for_one_of_their_own_fit_the_stack,
    a_chain_of_five_hundred_jobs_that_wait_for_each_other_fits_a_stack_of_two_mebibytes,
    a_chain_of_five_thousand_fits_a_stack_that_was_asked_for,
);

/// Has the thread that comes here be slower than one that goes to sleep.
fn linger() {
    (0..20).for_each(|_| thread::yield_now());
}

fn a_worker_that_waits_runs_a_job_that_is_submitted_later<P: Pool + 'static>() {
    let pool = Arc::new(pool::<P>(2));
    let whichever_ends_first = |b| as_completed([b]).next().expect("there is one").1;
    for wait in [Handle::wait as fn(Handle<u32>) -> _, whichever_ends_first].repeat(10) {
        let ((waits, is_waiting), pool2) = (channel(), Arc::clone(&pool));
        let b = submit(&*pool, move || {
            is_waiting.recv().expect("A sends it");
            linger();
            let (send, c) = channel();
            run(&*pool2, move || send.send(7).expect("B waits for it"));
            // The pool does not know of this wait: only the worker that waits for B can run C.
            c.recv().expect("C sends it")
        });
        let a = submit(&*pool, move || {
            waits.send(()).expect("B waits for it");
            wait(b)
        });
        assert!(matches!(a.wait(), Ok(Ok(7))));
    }
}

fn a_worker_that_waits_for_a_scope_runs_tasks_that_are_added_later<P: Pool + 'static>() {
    let pool = Arc::new(pool::<P>(2));
    for _ in 0..10 {
        let pool2 = Arc::clone(&pool);
        let outer = pool.submit(move || {
            let (both, (begun, has_begun)) = (Barrier::new(2), channel());
            pool2.scope(|scope| {
                let both = &both;
                let adds = move || {
                    begun.send(()).expect("the scope waits for it");
                    linger();
                    // Each of the two needs a worker: one of them is the one that waits for the
                    // scope.
                    for _ in 0..2 {
                        scope.spawn(|| both.wait().is_leader()).expect("it is not shut down");
                    }
                };
                scope.spawn(adds).expect("it is not shut down");
                // The other worker has it: this one will have nothing to do at first.
                has_begun.recv().expect("it sends it");
            });
        });
        outer.expect("it is not shut down").wait().expect("it does not panic");
    }
}

fn a_worker_that_finds_the_queue_full_makes_room_itself<P: Pool + 'static>() {
    let pool: P =
        Builder::new().workers(1).queue(2, WhenFull::Block).build().expect("there is room for one");
    let (pool, ran) = (Arc::new(pool), Runs::default());
    let (pool2, ran2) = (Arc::clone(&pool), ran.clone());
    let outer = pool.submit(move || (0..50).for_each(|_| run(&*pool2, ran2.job())));
    outer.expect("there is room").wait().expect("it does not panic");
    pool.shutdown();
    assert_eq!(ran.count(), 50);
}

fn a_thousand_independent_jobs_that_each_wait_for_one_of_their_own_fit_the_stack<
    P: Pool + 'static,
>() {
    for workers in [1, 2, 4] {
        let pool = Arc::new(pool::<P>(workers));
        let outer = |number| {
            let pool2 = Arc::clone(&pool);
            let outer = move || {
                let inner = pool2.submit(move || number * 10).expect("it is not shut down");
                inner.wait().expect("it does not panic") + number
            };
            pool.submit(outer).expect("it is not shut down")
        };
        let handles: Vec<_> = (0..1_000_u64).map(outer).collect();
        let sum: u64 = handles.into_iter().map(|handle| handle.wait().expect("none panics")).sum();
        assert_eq!(sum, 11 * 1_000 * 999 / 2);
    }
}

/// Job `n` submits job `n - 1` and waits for it: on one worker, each lies on top of the one that
/// waits for it.
fn chain<P: Pool + 'static>(pool: &Arc<P>, length: u32) -> u32 {
    if length == 0 {
        return 0;
    }
    let pool2 = Arc::clone(pool);
    let next = pool.submit(move || chain(&pool2, length - 1)).expect("it is not shut down");
    next.wait().expect("it does not panic") + 1
}

fn a_chain_of_five_hundred_jobs_that_wait_for_each_other_fits_a_stack_of_two_mebibytes<
    P: Pool + 'static,
>() {
    for workers in [1, 2] {
        let pool = Builder::new().workers(workers).stack_size(2 * 1024 * 1024).build::<P>();
        assert_eq!(chain(&Arc::new(pool.expect("there is room for two")), 500), 500);
    }
}

fn a_chain_of_five_thousand_fits_a_stack_that_was_asked_for<P: Pool + 'static>() {
    let pool = Builder::new().workers(1).stack_size(5_000 * 16 * 1024).build::<P>();
    assert_eq!(chain(&Arc::new(pool.expect("there is room for one")), 5_000), 5_000);
}
