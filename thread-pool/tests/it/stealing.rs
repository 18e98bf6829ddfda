//! The pool with a deque for each worker: what is stolen, and what a worker that waits still runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;

use thread_pool::{Builder, Job, Pool, StealingPool};

fn pool(workers: usize) -> Arc<StealingPool> {
    Arc::new(Builder::new().workers(workers).build().expect("the system has room for some threads"))
}

/// A job that counts its runs.
fn counting(runs: &Arc<AtomicU32>) -> Job {
    let runs = Arc::clone(runs);
    Job::new(move || {
        runs.fetch_add(1, Relaxed);
    })
}

checks::within_a_minute! {
    #[test]
    fn a_worker_without_work_takes_the_jobs_of_one_that_is_kept() {
        let pool = pool(2);
        let (pool2, runs) = (Arc::clone(&pool), Arc::new(AtomicU32::new(0)));
        let runs2 = Arc::clone(&runs);
        let keeper = pool.submit(move || {
            let (done, all_done) = channel::<()>();
            for _ in 0..100 {
                let (runs, done) = (Arc::clone(&runs2), done.clone());
                let job = Job::new(move || {
                    let _done = done;
                    runs.fetch_add(1, Relaxed);
                });
                pool2.execute(job).expect("it is not shut down");
            }
            drop(done);
            // This worker does not help: it waits for something that the pool does not know.
            assert!(all_done.recv().is_err());
        });
        keeper.expect("it is not shut down").wait().expect("it does not panic");
        assert_eq!(runs.load(Relaxed), 100);
        assert_eq!(pool.stolen().iter().sum::<usize>(), 100);
    }

    #[test]
    fn a_job_that_waits_for_a_queued_one_ends_even_if_nothing_is_to_be_begun_any_more() {
        let pool = pool(1);
        let (pool2, runs) = (Arc::clone(&pool), Arc::new(AtomicU32::new(0)));
        let (begun, has_begun) = channel();
        let (open, gate) = channel::<()>();
        let outer = pool.submit(move || {
            let inner = pool2.submit(|| 7).expect("it is not shut down");
            begun.send(()).expect("the test waits for it");
            assert!(gate.recv().is_err());
            inner.wait().expect("it does not panic")
        });
        has_begun.recv().expect("the job sends it");
        pool.execute(counting(&runs)).expect("it is not shut down");
        let back = std::thread::scope(|scope| {
            let ending = scope.spawn(|| pool.shutdown_now());
            // BuildError: it has begun to be shut down.
            while pool.execute(Job::new(|| ())).is_ok() {}
            drop(open);
            ending.join().expect("it does not panic")
        });
        assert_eq!(outer.expect("it was queued").wait().expect("it does not panic"), 7);
        assert!(runs.load(Relaxed) <= 1 && !back.is_empty());
    }
}
