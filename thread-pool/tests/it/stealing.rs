//! The pool with a queue for each worker: who takes from whom, and who helps whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;

use thread_pool::{Builder, Job, Pool, Reason, StealingPool, WhenFull};

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

/// Fibonacci's numbers, by jobs that wait for jobs of their own pool.
fn fibonacci(pool: &Arc<StealingPool>, n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let pool2 = Arc::clone(pool);
    let one = pool.submit(move || fibonacci(&pool2, n - 1)).expect("it is not shut down");
    let two = fibonacci(pool, n - 2);
    one.wait().expect("it does not panic") + two
}

checks::within_a_minute! {
    #[test]
    fn jobs_that_wait_for_jobs_of_their_own_pool_end_however_few_workers_there_are() {
        for workers in [1, 2, 4] {
            let pool = pool(workers);
            let pool2 = Arc::clone(&pool);
            let sum = pool.submit(move || fibonacci(&pool2, 15)).expect("it is not shut down");
            assert_eq!(sum.wait().expect("it does not panic"), 610);
        }
    }

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
        assert_eq!(pool.tallies().iter().map(|tally| tally.stolen).sum::<usize>(), 100);
    }

    #[test]
    fn each_of_many_jobs_from_several_submitters_is_run_once_and_none_is_left_when_the_pool_is_dropped() {
        let runs = Arc::new(AtomicU32::new(0));
        let pool = pool(2);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..5_000 {
                        pool.execute(counting(&runs)).expect("it is not shut down");
                    }
                });
                scope.spawn(|| {
                    for _ in 0..100 {
                        let batch = (0..50).map(|_| counting(&runs)).collect();
                        pool.execute_all(batch).expect("it is not shut down");
                    }
                });
            }
        });
        drop(pool);
        assert_eq!(runs.load(Relaxed), 20_000);
    }

    #[test]
    fn what_is_submitted_while_the_pool_is_shut_down_is_run_or_handed_back() {
        for _ in 0..100 {
            let (pool, runs) = (pool(2), Arc::new(AtomicU32::new(0)));
            let [taken, back] = std::thread::scope(|scope| {
                let submitter = scope.spawn(|| {
                    let taken = (0..1_000).take_while(|_| pool.execute(counting(&runs)).is_ok());
                    taken.count()
                });
                let back = pool.shutdown_now().len();
                [submitter.join().expect("it does not panic"), back]
            });
            assert_eq!(taken, back + runs.load(Relaxed) as usize);
        }
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

    #[test]
    fn a_worker_that_finds_the_queue_full_makes_room_itself() {
        let pool = Builder::new().workers(1).queue(2, WhenFull::Block).build::<StealingPool>();
        let (pool, runs) = (Arc::new(pool.expect("the system has room for one")), Arc::new(AtomicU32::new(0)));
        let (pool2, runs2) = (Arc::clone(&pool), Arc::clone(&runs));
        let outer = pool.submit(move || (0..50).for_each(|_| pool2.execute(counting(&runs2)).expect("it waits for room")));
        outer.expect("there is room").wait().expect("it does not panic");
        pool.shutdown();
        assert_eq!(runs.load(Relaxed), 50);
    }

    #[test]
    fn a_full_queue_refuses_the_next_job_wherever_the_others_wait() {
        let pool = Builder::new().workers(1).queue(2, WhenFull::Reject).build::<StealingPool>();
        let pool = Arc::new(pool.expect("the system has room for one"));
        let pool2 = Arc::clone(&pool);
        let outer = pool.submit(move || {
            let all: Vec<_> = (0..3).map(|_| pool2.execute(Job::new(|| ())).err().map(|rejected| rejected.reason)).collect();
            all
        });
        let reasons = outer.expect("there is room").wait().expect("it does not panic");
        assert_eq!(reasons, [None, None, Some(Reason::Full)]);
    }

    #[test]
    fn whoever_waits_for_room_is_told_when_the_pool_is_shut_down() {
        let pool = Builder::new().workers(1).queue(1, WhenFull::Block).build::<StealingPool>();
        let pool = pool.expect("the system has room for one");
        let (open, gate) = channel::<()>();
        let (begun, has_begun) = channel();
        pool.execute(Job::new(move || {
            begun.send(()).expect("the test waits for it");
            let _ = gate.recv();
        })).expect("there is room");
        has_begun.recv().expect("the job sends it");
        pool.execute(Job::new(|| ())).expect("there is room");
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| pool.execute(Job::new(|| ())).expect_err("there is no room").reason);
            scope.spawn(|| pool.shutdown());
            assert_eq!(waits.join().expect("it does not panic"), Reason::ShutDown);
            drop(open);
        });
    }
}
