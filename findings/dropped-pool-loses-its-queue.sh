#!/usr/bin/env bash
# A pool of one thread is dropped while a job runs and a hundred wait: threadfin 0.1.2 drops most of the hundred, executors 0.10.0 (work stealing)
# all; in threadpool 1.8.1, rusty_pool 1.0.0, scheduled-thread-pool 0.2.8, workerpool 1.2.1, uvth 4.0.1 and futures 0.3.34 all of them run.
# Guess: what was submitted runs, in all of them: a drop lets the workers go, and they end when the queue is empty.
# Why: threadfin has two queues, one for jobs that a worker waits for at that moment. The drop closes both; a worker that is done with a job picks one
#   of the two by chance, and ends if it meets the closed and empty one before it has emptied the other. So a test with one job that waits sees
#   it run now and then. The queue of executors' pool is dropped with its last handle, and the worker panics. threadfin's documentation names
#   `join` for whoever wants the jobs done.
# Source: threadfin's `ThreadPool` (a drop takes no further tasks, of those that wait it says nothing) and worker.rs, `poll_work`; executors'
#   crossbeam_workstealing_pool.rs, which warns of a drop in its log.
. "$(dirname "$0")/run.bash"
rust 'threadfin = "=0.1.2"' 'executors = "=0.10.0"' 'threadpool = "=1.8.1"' 'rusty_pool = "=1.0.0"' 'scheduled-thread-pool = "=0.2.8"' \
    'workerpool = "=1.2.1"' 'uvth = "=4.0.1"' 'futures = { version = "=0.3.34", features = ["thread-pool"] }' <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{mpsc, Arc};
use std::time::{Duration, Instant};

use executors::Executor;
use workerpool::thunk::{Thunk, ThunkWorker};

type Job = Box<dyn FnOnce() + Send>;

/// Says how many of a hundred jobs that wait behind a running one run when the pool is dropped, which `submit` owns.
fn dropped(name: &str, submit: impl Fn(Job)) {
    let (begun, wait) = mpsc::channel();
    let (gate, opened) = mpsc::channel::<()>();
    submit(Box::new(move || {
        begun.send(()).unwrap();
        let _ = opened.recv();
    }));
    wait.recv().unwrap();
    let ran = Arc::new(AtomicU32::new(0));
    for _ in 0..100 {
        let ran = ran.clone();
        submit(Box::new(move || _ = ran.fetch_add(1, SeqCst)));
    }
    drop(submit);
    drop(gate);
    // Each job owns a clone: with one left, all have run or were dropped.
    let deadline = Instant::now() + Duration::from_secs(20);
    while Arc::strong_count(&ran) > 1 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    let ran = match ran.load(SeqCst) {
        0 => "none",
        100 => "all",
        1..50 => "fewer than half",
        _ => "more than half",
    };
    println!("{name}: {ran}");
}

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    let pool = threadfin::ThreadPool::builder().size(1).build();
    dropped("threadfin", move |job| drop(pool.execute(job)));
    let pool = executors::crossbeam_workstealing_pool::small_pool(1);
    dropped("executors", move |job| pool.execute(job));
    let pool = threadpool::ThreadPool::new(1);
    dropped("threadpool", move |job| pool.execute(job));
    let pool = rusty_pool::ThreadPool::new(1, 1, Duration::from_secs(60));
    dropped("rusty_pool", move |job| pool.execute(job));
    let pool = scheduled_thread_pool::ScheduledThreadPool::new(1);
    dropped("scheduled-thread-pool", move |job| drop(pool.execute(job)));
    let pool = workerpool::Pool::<ThunkWorker<()>>::new(1);
    dropped("workerpool", move |job| pool.execute(Thunk::of(job)));
    let pool = uvth::ThreadPoolBuilder::new().num_threads(1).build();
    dropped("uvth", move |job| pool.execute(job));
    let pool = futures::executor::ThreadPool::builder().pool_size(1).create().unwrap();
    dropped("futures", move |job| pool.spawn_ok(async { job() }));
}
RUST
holds <<'END'
threadfin: fewer than half
executors: none
threadpool: all
rusty_pool: all
scheduled-thread-pool: all
workerpool: all
uvth: all
futures: all
END
