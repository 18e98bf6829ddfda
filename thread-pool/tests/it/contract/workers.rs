//! The workers: how many, how they are called, what they do besides, and what they survive.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use thread_pool::{Build, Builder, Pool, WhenFull};

use super::{PanicsAtItsEnd, every_pool, lives, pool, reporting, run};

every_pool!(
    as_many_jobs_run_at_once_as_there_are_workers,
    workers_are_named_and_numbered,
    hooks_are_called_once_by_each_worker_around_its_work,
    a_name_that_no_thread_can_have_is_an_error,
    numbers_that_no_machine_has_room_for_are_errors_or_kept,
    a_panic_without_a_handle_is_told_to_the_panic_handler_and_costs_no_worker,
    a_panic_handler_and_hooks_that_panic_cost_no_worker,
    a_payload_that_panics_when_it_is_dropped_costs_no_worker,
    hooks_that_panic_when_they_are_dropped_cost_no_worker,
    a_job_may_queue_others,
    a_pool_without_workers_is_refused_and_so_is_a_queue_without_room,
    workers_without_work_sleep_and_use_no_processor,
);

/// Has each worker meet the others, and so run one of the jobs; returns what the jobs return.
fn on_each_worker<T: Send + 'static>(pool: &impl Pool, job: fn() -> T) -> Vec<T> {
    let all_here = Arc::new(Barrier::new(pool.workers()));
    let (send, results) = channel();
    for _ in 0..pool.workers() {
        let (all_here, send) = (Arc::clone(&all_here), send.clone());
        run(pool, move || {
            all_here.wait();
            send.send(job()).expect("it is waited for");
        });
    }
    drop(send);
    results.iter().collect()
}

fn as_many_jobs_run_at_once_as_there_are_workers<P: Pool + Build>() {
    for workers in [1, 2, 5] {
        let pool: P = pool(workers);
        assert_eq!(pool.workers(), workers);
        assert_eq!(on_each_worker(&pool, || ()).len(), workers);
    }
}

fn workers_are_named_and_numbered<P: Pool + Build>() {
    let name = || thread::current().name().map(ToOwned::to_owned);
    let default: P = pool(3);
    let names: BTreeSet<_> = on_each_worker(&default, name).into_iter().flatten().collect();
    assert_eq!(names, BTreeSet::from(["w1", "w2", "w3"].map(ToOwned::to_owned)));
    let named: P = Builder::new().workers(2).name("parser").build().expect("there is room for two");
    let names: BTreeSet<_> = on_each_worker(&named, name).into_iter().flatten().collect();
    assert_eq!(names, BTreeSet::from(["parser-1", "parser-2"].map(ToOwned::to_owned)));
}

fn hooks_are_called_once_by_each_worker_around_its_work<P: Pool + Build>() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let calls = Arc::clone(&calls);
        move |number: usize| {
            let name = thread::current().name().map(ToOwned::to_owned);
            calls.lock().expect("nobody panics").push((number, what, name));
        }
    };
    let pool = Builder::new().workers(3).on_start(note("start")).on_stop(note("stop"));
    let pool: P = pool.build().expect("there is room for three");
    on_each_worker(&pool, || ());
    drop(pool);
    let mut calls = calls.lock().expect("nobody panics").clone();
    // By worker; in its own order.
    calls.sort_by_key(|&(number, ..)| number);
    let expected = (1..=3).flat_map(|number| {
        ["start", "stop"].map(|what| (number, what, Some(format!("w{number}"))))
    });
    assert_eq!(calls, expected.collect::<Vec<_>>());
}

fn a_panic_without_a_handle_is_told_to_the_panic_handler_and_costs_no_worker<P: Pool + Build>() {
    let (pool, told) = reporting::<P>(Builder::new().workers(1));
    for number in 0..10 {
        run(&pool, move || resume_unwind(Box::new(number)));
        // A handle that is gone hears nothing, whether it was dropped before the end or after it.
        let (open, gate) = channel::<()>();
        let task = move || {
            let _ = gate.recv();
            resume_unwind(Box::new(number + 100))
        };
        drop(pool.submit::<()>(task).expect("it is not shut down"));
        drop(open);
        let handle = pool.submit::<()>(move || resume_unwind(Box::new(number + 200)));
        let handle = handle.expect("it is not shut down");
        while !handle.is_finished() {
            thread::yield_now();
        }
        drop(handle);
    }
    // One that is there is told, and nobody else.
    let handle = pool.submit::<()>(|| resume_unwind(Box::new(1000))).expect("it is not shut down");
    assert!(handle.wait().is_err());
    drop(pool);
    let expected: Vec<_> =
        (0..10).flat_map(|number| [number, number + 100, number + 200]).collect();
    let told = told.iter().filter_map(|payload| payload.downcast_ref().copied());
    assert_eq!(told.collect::<Vec<i32>>(), expected);
}

fn a_panic_handler_and_hooks_that_panic_cost_no_worker<P: Pool + Build>() {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let pool = Builder::new().workers(1).on_start(|_| resume_unwind(Box::new("start")));
    let pool = pool.on_stop(|_| resume_unwind(Box::new("stop"))).on_panic(move |_| {
        count.fetch_add(1, Relaxed);
        resume_unwind(Box::new("handler"));
    });
    let pool: P = pool.build().expect("there is room for one");
    run(&pool, || resume_unwind(Box::new("job")));
    lives(&pool);
    drop(pool);
    assert_eq!(told.load(Relaxed), 3, "start, job, stop");
}

fn a_payload_that_panics_when_it_is_dropped_costs_no_worker<P: Pool + Build>() {
    let pool: P = pool(1);
    run(&pool, || resume_unwind(Box::new(PanicsAtItsEnd("worse"))));
    lives(&pool);
}

fn a_pool_without_workers_is_refused_and_so_is_a_queue_without_room<P: Pool + Build>() {
    let workers = catch_unwind(|| Builder::new().workers(0).build::<P>().map(drop));
    let queue = catch_unwind(|| Builder::new().queue(0, WhenFull::Block).build::<P>().map(drop));
    let said = [workers.err(), queue.err()]
        .map(|panic| panic.and_then(|panic| panic.downcast_ref().copied()));
    assert_eq!(
        said,
        [Some("a pool has at least one worker"), Some("a queue has room for at least one job")]
    );
}

fn workers_without_work_sleep_and_use_no_processor<P: Pool + Build>() {
    /// Two looks are the same if the thread slept meanwhile: one that was awake has been switched
    /// to, and away.
    fn look(thread: &Path) -> Vec<String> {
        let status = fs::read_to_string(thread.join("status")).expect("the thread lives");
        let told = |line: &&str| line.starts_with("State") || line.contains("ctxt_switches");
        status.lines().filter(told).map(ToOwned::to_owned).collect()
    }
    // "self/task/number"; there is no /proc on some systems, and nothing to be seen.
    let this_thread =
        || fs::read_link("/proc/thread-self").map(|thread| Path::new("/proc").join(thread)).ok();
    let pool: P = pool(3);
    let threads: Vec<_> = on_each_worker(&pool, this_thread).into_iter().flatten().collect();
    if threads.is_empty() {
        return;
    }
    let all = || threads.iter().map(|thread| look(thread)).collect::<Vec<_>>();
    // They may take their time to fall asleep. A worker that polls at intervals never sleeps through a
    // stretch of this length.
    loop {
        let before = all();
        thread::sleep(Duration::from_millis(200));
        if before == all() && before.iter().all(|look| look[0].contains("sleeping")) {
            break;
        }
    }
    // And are there when there is work again.
    assert_eq!(on_each_worker(&pool, || ()).len(), 3);
}

fn a_job_may_queue_others<P: Pool + Build + 'static>() {
    /// Queues two of the kind one level down, and counts itself.
    fn grow<P: Pool + 'static>(pool: &Arc<P>, level: u32, grown: &Sender<u32>) {
        if level > 0 {
            for _ in 0..2 {
                let (theirs, grown) = (Arc::clone(pool), grown.clone());
                run(&**pool, move || grow(&theirs, level - 1, &grown));
            }
        }
        grown.send(level).expect("it is waited for");
    }
    use std::sync::mpsc::Sender;
    let pool = Arc::new(pool::<P>(2));
    let (grown, levels) = channel();
    grow(&pool, 8, &grown);
    drop(grown);
    assert_eq!(levels.iter().count(), (1 << 9) - 1);
}

fn a_name_that_no_thread_can_have_is_an_error<P: Pool + Build>() {
    let refused =
        Builder::new().workers(2).name("par\0ser").build::<P>().err().expect("it is refused");
    assert_eq!((refused.started, refused.wanted), (0, 2));
    let said = refused.to_string();
    assert!(
        said.contains("NUL") && said.contains(r"par\0ser") && !said.contains("system"),
        "{said}"
    );
}

fn numbers_that_no_machine_has_room_for_are_errors_or_kept<P: Pool + Build>() {
    for bytes in [usize::MAX, usize::MAX / 2] {
        let refused =
            Builder::new().workers(2).stack_size(bytes).build::<P>().err().expect("it is refused");
        assert_eq!((refused.started, refused.wanted), (0, 2), "{bytes}");
    }
    // The stacks are what the system has no room for, if the pool itself lets them get so far.
    let many = Builder::new().workers(usize::MAX).stack_size(1 << 60);
    assert_eq!(many.build::<P>().err().expect("it is refused").wanted, usize::MAX);
    // A bound is no promise of memory for as many jobs.
    for bound in [usize::MAX, usize::MAX / 2, 1 << 40] {
        for when_full in [WhenFull::Block, WhenFull::Reject, WhenFull::RunInCaller] {
            let pool = Builder::new().workers(1).queue(bound, when_full).build::<P>();
            let pool = pool.expect("there is room for one");
            assert!(matches!(pool.submit(|| 7).expect("there is room").wait(), Ok(7)));
        }
    }
}

fn hooks_that_panic_when_they_are_dropped_cost_no_worker<P: Pool + Build>() {
    for round in 0..30 {
        let last = PanicsAtItsEnd("hook");
        let hook = move |_| {
            std::hint::black_box(&last);
        };
        let pool = Builder::new().workers(1);
        let pool = if round % 2 == 0 { pool.on_start(hook) } else { pool.on_stop(hook) };
        let pool: P = pool.build().expect("there is room for one");
        lives(&pool);
        drop(pool);
    }
    for _ in 0..10 {
        let last = PanicsAtItsEnd("hook");
        let told = move |_| {
            std::hint::black_box(&last);
        };
        let pool: P =
            Builder::new().workers(1).on_panic(told).build().expect("there is room for one");
        lives(&pool);
        // Here or by a worker, whichever is the last to have it.
        drop(catch_unwind(AssertUnwindSafe(|| drop(pool))));
    }
}
