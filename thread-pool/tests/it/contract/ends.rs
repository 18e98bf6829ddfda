//! How a pool ends: shut down, shut down at once, dropped, from outside and by its own jobs.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::{fs, thread};

use checks::eventually;
use thread_pool::{Builder, Job, Pool, Reason, TaskError};

use super::{Runs, every_pool, keep, pool, run, shut_down_now};

every_pool!(
    shutdown_runs_what_is_queued_and_then_refuses,
    two_who_shut_down_both_wait,
    a_job_that_is_handed_back_can_be_run_elsewhere_or_dropped_and_its_handle_knows,
    dropping_a_pool_leaves_no_thread,
    a_job_may_shut_its_pool_down,
    a_job_that_shuts_its_pool_down_at_once_accounts_for_every_job_and_every_handle_is_told,
    a_job_may_hold_the_last_of_its_pool,
);

/// Queues jobs that count.
fn count(pool: &impl Pool, jobs: usize) -> Runs {
    let ran = Runs::default();
    (0..jobs).for_each(|_| run(pool, ran.job()));
    ran
}

fn shutdown_runs_what_is_queued_and_then_refuses<P: Pool>() {
    let pool: P = pool(2);
    let open = [keep(&pool), keep(&pool)];
    let ran = count(&pool, 100);
    drop(open);
    pool.shutdown();
    assert_eq!(ran.count(), 100);
    let rejected = pool.execute(Job::new(|| ())).expect_err("it is shut down");
    assert_eq!(rejected.reason, Reason::ShutDown);
    let all =
        pool.execute_all(vec![Job::new(|| ()), Job::new(|| ())]).expect_err("it is shut down");
    assert_eq!(all.len(), 2);
    pool.shutdown();
    assert!(pool.shutdown_now().is_empty());
}

fn two_who_shut_down_both_wait<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let ran = count(&pool, 10);
    let both = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                both.wait();
                pool.shutdown();
                assert_eq!(ran.count(), 10, "when it returns, all were run");
            });
        }
        both.wait();
        drop(open);
    });
}

fn a_job_that_is_handed_back_can_be_run_elsewhere_or_dropped_and_its_handle_knows<P: Pool>() {
    let other: P = pool(1);
    let pool: P = pool(1);
    let open = keep(&pool);
    let handles = [1, 2, 3].map(|number| pool.submit(move || number).expect("it is not shut down"));
    let mut back = shut_down_now(&pool, open);
    back.remove(0).run();
    drop(back.remove(0));
    other.execute(back.remove(0)).expect("it is not shut down");
    let [run, dropped, elsewhere] = handles.map(thread_pool::Handle::wait);
    assert!(matches!(run, Ok(1)));
    assert!(matches!(dropped, Err(TaskError::Dropped)));
    assert!(matches!(elsewhere, Ok(3)));
}

/// Returns a name for the threads of one test: those of all pools run at the same time.
fn name_for<P>(test: &str) -> String {
    format!("{test}{}", std::any::type_name::<P>().bytes().map(usize::from).sum::<usize>())
}

/// Counts this process's threads whose name begins so; `None` where there is no /proc.
fn threads_named(name: &str) -> Option<usize> {
    // One that ends meanwhile has no name any more.
    let named = |task: &fs::DirEntry| {
        fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.starts_with(name))
    };
    Some(fs::read_dir("/proc/self/task").ok()?.flatten().filter(named).count())
}

/// A thread that was joined is in /proc for a moment more.
fn until_none_is_named(name: &str) {
    eventually("the end of its threads", || threads_named(name).is_none_or(|threads| threads == 0));
}

fn dropping_a_pool_leaves_no_thread<P: Pool>() {
    let name = &name_for::<P>("left");
    let pool: P = Builder::new().workers(3).name(name).build().expect("there is room for three");
    let open = [keep(&pool), keep(&pool), keep(&pool)];
    // While threads of other tests end, a look at /proc may miss one that is there.
    eventually("three threads", || threads_named(name).is_none_or(|threads| threads >= 3));
    drop(open);
    drop(pool);
    until_none_is_named(name);
}

fn a_job_may_shut_its_pool_down<P: Pool + 'static>() {
    let pool = Arc::new(pool::<P>(2));
    let (send, returned) = channel();
    let theirs = Arc::clone(&pool);
    let open = keep(&*pool);
    run(&*pool, move || {
        theirs.shutdown();
        send.send(theirs.execute(Job::new(|| ())).is_err()).expect("it is waited for");
    });
    assert_eq!(returned.recv(), Ok(true), "it did not wait for itself, nor for the other worker");
    drop(open);
    pool.shutdown();
}

fn a_job_may_hold_the_last_of_its_pool<P: Pool + 'static>() {
    let name = &name_for::<P>("last");
    let pool: P = Builder::new().workers(2).name(name).build().expect("there is room for two");
    let pool = Arc::new(pool);
    // All threads are there, under their names.
    let open = [keep(&*pool), keep(&*pool)];
    let theirs = Arc::clone(&pool);
    run(&*pool, move || drop(theirs));
    let ran = count(&*pool, 10);
    drop(pool);
    drop(open);
    // What is queued is run. A look at /proc may miss a thread that is there.
    while ran.count() < 10 {
        thread::yield_now();
    }
    until_none_is_named(name);
}

fn a_job_that_shuts_its_pool_down_at_once_accounts_for_every_job_and_every_handle_is_told<
    P: Pool + 'static,
>() {
    const TASKS: usize = 200;
    for round in 0..300 {
        // It outlives the handles: what only its drop would tell would never be told.
        let pool = Arc::new(pool::<P>(3));
        let ran = Runs::default();
        let (send, back) = channel();
        let mut handles = Vec::new();
        for number in 0..TASKS {
            let job = ran.job();
            handles.push(pool.submit(job));
            if number == round % TASKS {
                let (theirs, send) = (Arc::clone(&pool), send.clone());
                let ends = move || send.send(theirs.shutdown_now()).expect("it is waited for");
                run(&*pool, ends);
            }
        }
        let refused = handles.iter().filter(|handle| handle.is_err()).count();
        let back = back.recv().expect("the job sends it");
        let handed_back = back.len();
        drop(back);
        let outcomes = handles.into_iter().filter_map(Result::ok).map(thread_pool::Handle::wait);
        let dropped = outcomes.filter(|outcome| matches!(outcome, Err(TaskError::Dropped))).count();
        assert_eq!(
            (dropped, ran.count() + handed_back + refused),
            (handed_back, TASKS),
            "round {round}"
        );
    }
}
