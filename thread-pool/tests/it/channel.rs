//! The pool over a channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::time::Duration;

use thread_pool::channel::ChannelPool;

/// Nothing here takes so long, unless it is for ever.
const A_HANG: Duration = Duration::from_secs(30);

fn pool(workers: usize) -> ChannelPool {
    ChannelPool::new(workers).expect("the system has room for some threads")
}

#[test]
fn dropping_the_pool_runs_what_is_queued_and_waits_for_it() {
    let runs = Arc::new(AtomicU32::new(0));
    let pool = pool(2);
    let (open, gate) = channel::<()>();
    // Keeps one worker until all jobs are queued.
    pool.run(move || {
        let _ = gate.recv();
    });
    for _ in 0..100 {
        let runs = Arc::clone(&runs);
        pool.run(move || {
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
    pool.run(move || done.send(gate.recv().is_ok()).expect("the test waits for it"));
    // The only worker is kept by the first job, and this does not wait for it.
    pool.run(|| ());
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
        pool.run(move || {
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
    pool.run(move || {
        let _result = result;
        std::panic::resume_unwind(Box::new("in the middle of a job"));
    });
    assert!(received.recv().is_err(), "its end of the channel is dropped");
    let (result, received) = channel();
    pool.run(move || result.send(1).expect("the test waits for it"));
    assert_eq!(received.recv(), Ok(1), "the only worker lives");
}

#[test]
fn all_workers_have_ended_when_the_pool_is_gone() {
    let pool = pool(3);
    let census = pool.census();
    pool.run(|| ());
    drop(pool);
    // The pool's two handles on it are gone with its threads; a thread that lived would have one.
    assert_eq!(Arc::strong_count(&census), 1);
    assert!(census.most() <= 3);
}

#[test]
#[should_panic(expected = "at least one worker")]
fn a_pool_without_workers_is_refused() {
    let _pool = ChannelPool::new(0);
}
