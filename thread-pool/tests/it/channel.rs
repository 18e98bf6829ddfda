//! The pool over a channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::time::Duration;

use thread_pool::{Builder, ChannelPool, Job, Pool};

/// Nothing here takes so long, unless it is for ever.
const A_HANG: Duration = Duration::from_secs(30);

fn pool(workers: usize) -> ChannelPool {
    Builder::new().workers(workers).build().expect("the system has room for some threads")
}

fn run(pool: &ChannelPool, job: impl FnOnce() + Send + 'static) {
    pool.execute(Job::new(job)).expect("it has no bound and was not shut down");
}

#[test]
fn dropping_the_pool_runs_what_is_queued_and_waits_for_it() {
    let runs = Arc::new(AtomicU32::new(0));
    let pool = pool(2);
    let (open, gate) = channel::<()>();
    // Keeps one worker until all jobs are queued.
    run(&pool, move || {
        let _ = gate.recv();
    });
    for _ in 0..100 {
        let runs = Arc::clone(&runs);
        run(&pool, move || {
            runs.fetch_add(1, Relaxed);
        });
    }
    drop(open);
    drop(pool);
    assert_eq!(runs.load(Relaxed), 100);
}

#[test]
fn whoever_submits_goes_on_at_once() {
    let (open, gate) = channel::<()>();
    let (done, received) = channel();
    let pool = pool(1);
    run(&pool, move || done.send(gate.recv().is_ok()).expect("the test waits for it"));
    // The only worker is kept by the first job, and this does not wait for it.
    run(&pool, || ());
    open.send(()).expect("the job waits for it");
    assert_eq!(received.recv(), Ok(true));
}

#[test]
fn jobs_run_at_the_same_time_on_different_workers() {
    // A worker that kept the queue's lock while it runs a job would keep the other from ever coming.
    let pool = pool(2);
    let (one, from_one) = channel();
    let (other, from_other) = channel();
    let (met, received) = channel();
    for (mine, theirs) in [(one, from_other), (other, from_one)] {
        let met = met.clone();
        run(&pool, move || {
            let hears = mine.send(()).is_ok() && theirs.recv_timeout(A_HANG).is_ok();
            met.send(hears).expect("the test waits for it");
        });
    }
    drop(met);
    assert_eq!(received.iter().collect::<Vec<_>>(), [true, true]);
}

#[test]
fn a_job_that_panics_costs_no_worker_and_its_caller_is_told() {
    let pool = pool(1);
    let (result, received) = channel::<u32>();
    run(&pool, move || {
        let _result = result;
        std::panic::resume_unwind(Box::new("in the middle of a job"));
    });
    assert!(received.recv().is_err(), "its end of the channel is dropped");
    let (result, received) = channel();
    run(&pool, move || result.send(1).expect("the test waits for it"));
    assert_eq!(received.recv(), Ok(1), "the only worker lives");
}

#[test]
#[should_panic(expected = "at least one worker")]
fn a_pool_without_workers_is_refused() {
    let _pool: ChannelPool = Builder::new().workers(0).build().expect("it is refused before");
}
