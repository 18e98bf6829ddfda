//! The workers: how many, how they are called, what they do besides, and what they survive.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use thread_pool::{Builder, Pool, WhenFull};

use super::{PanicsAtItsEnd, every_pool, lives, pool, reporting, run};

every_pool!(
    numbers_that_no_machine_has_room_for_are_errors_or_kept,
    a_panic_without_a_handle_is_told_to_the_panic_handler_and_costs_no_worker,
    a_panic_handler_that_panics_costs_no_worker,
    a_payload_that_panics_when_it_is_dropped_costs_no_worker,
    a_pool_without_workers_is_refused_and_so_is_a_queue_without_room,
    workers_without_work_sleep_and_use_no_processor,
);

/// Has each of three workers meet the others, and so run one of the jobs; returns what the jobs return.
fn on_each_of_three<T: Send + 'static>(pool: &impl Pool, job: fn() -> T) -> Vec<T> {
    let all_here = Arc::new(Barrier::new(3));
    let (send, results) = channel();
    for _ in 0..3 {
        let (all_here, send) = (Arc::clone(&all_here), send.clone());
        run(pool, move || {
            all_here.wait();
            send.send(job()).expect("it is waited for");
        });
    }
    drop(send);
    results.iter().collect()
}

fn a_panic_without_a_handle_is_told_to_the_panic_handler_and_costs_no_worker<P: Pool>() {
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

fn a_panic_handler_that_panics_costs_no_worker<P: Pool>() {
    for last in [None, Some(PanicsAtItsEnd("handler"))] {
        let pool = Builder::new().workers(1).on_panic(move |_| {
            std::hint::black_box(&last);
            resume_unwind(Box::new("handler"));
        });
        let pool: P = pool.build().expect("there is room for one");
        run(&pool, || resume_unwind(Box::new("job")));
        lives(&pool);
        // Here or by a worker, whichever is the last to have it.
        drop(catch_unwind(AssertUnwindSafe(|| drop(pool))));
    }
}

fn a_payload_that_panics_when_it_is_dropped_costs_no_worker<P: Pool>() {
    let pool: P = pool(1);
    run(&pool, || resume_unwind(Box::new(PanicsAtItsEnd("worse"))));
    lives(&pool);
}

fn a_pool_without_workers_is_refused_and_so_is_a_queue_without_room<P: Pool>() {
    let workers = |number| catch_unwind(|| Builder::new().workers(number).build::<P>().map(drop));
    let queue = catch_unwind(|| Builder::new().queue(0, WhenFull::Block).build::<P>().map(drop));
    let said = [workers(0).err(), workers(usize::MAX).err(), queue.err()]
        .map(|panic| panic.and_then(|panic| panic.downcast_ref().copied()));
    let number = Some("a pool has from 1 to 65 535 workers");
    assert_eq!(said, [number, number, Some("a queue has room for at least one job")]);
}

fn workers_without_work_sleep_and_use_no_processor<P: Pool>() {
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
    let threads: Vec<_> = on_each_of_three(&pool, this_thread).into_iter().flatten().collect();
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
    assert_eq!(on_each_of_three(&pool, || ()).len(), 3);
}

fn numbers_that_no_machine_has_room_for_are_errors_or_kept<P: Pool>() {
    for bytes in [usize::MAX, usize::MAX / 2] {
        let refused =
            Builder::new().workers(2).stack_size(bytes).build::<P>().err().expect("it is refused");
        assert_eq!((refused.started, refused.wanted), (0, 2), "{bytes}");
    }
    // A bound is no promise of memory for as many jobs.
    for bound in [usize::MAX, usize::MAX / 2, 1 << 40] {
        for when_full in [WhenFull::Block, WhenFull::Reject, WhenFull::RunInCaller] {
            let pool = Builder::new().workers(1).queue(bound, when_full).build::<P>();
            let pool = pool.expect("there is room for one");
            assert!(matches!(pool.submit(|| 7).expect("there is room").wait(), Ok(7)));
        }
    }
}
