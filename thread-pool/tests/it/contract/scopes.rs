//! Scopes: tasks that borrow from the stack of whoever waits for them.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;

use thread_pool::{Pool, Reason, TaskError};

use super::{every_pool, keep, pool, shut_down_now};

every_pool!(
    tasks_borrow_and_write_to_what_they_borrow,
    a_scope_waits_for_tasks_whose_handles_are_dropped,
    a_task_may_add_tasks_to_its_scope,
    a_scope_waits_when_its_function_panics,
    a_panic_that_nobody_asks_for_goes_on_when_all_are_over,
    a_panic_that_somebody_asks_for_does_not,
    a_scope_of_a_pool_that_was_shut_down_refuses_and_ends,
    a_scope_ends_when_its_tasks_are_handed_back_and_dropped,
);

fn tasks_borrow_and_write_to_what_they_borrow<P: Pool>() {
    let pool: P = pool(2);
    let numbers: Vec<u32> = (0..1000).collect();
    let mut halves = [0, 0];
    let all = pool.scope(|scope| {
        let all = scope.spawn(|| numbers.iter().sum::<u32>()).expect("it is not shut down");
        for (half, numbers) in halves.iter_mut().zip(numbers.chunks(500)) {
            scope.spawn(move || *half = numbers.iter().sum()).expect("it is not shut down");
        }
        all.wait().expect("it does not panic")
    });
    assert_eq!((halves.iter().sum::<u32>(), all), (499_500, 499_500));
}

fn a_scope_waits_for_tasks_whose_handles_are_dropped<P: Pool>() {
    let pool: P = pool(2);
    for _ in 0..200 {
        let ran = AtomicUsize::new(0);
        pool.scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| ran.fetch_add(1, Relaxed)).expect("it is not shut down");
            }
        });
        assert_eq!(ran.into_inner(), 5);
    }
}

fn a_task_may_add_tasks_to_its_scope<P: Pool>() {
    let pool: P = pool(1);
    let ran = AtomicUsize::new(0);
    pool.scope(|scope| {
        let ran = &ran;
        let outer = move || {
            for _ in 0..5 {
                scope.spawn(move || ran.fetch_add(1, Relaxed)).expect("it is not shut down");
            }
        };
        scope.spawn(outer).expect("it is not shut down");
    });
    assert_eq!(ran.into_inner(), 5);
}

fn a_scope_waits_when_its_function_panics<P: Pool>() {
    let pool: P = pool(1);
    let ran = AtomicUsize::new(0);
    let ((open, gate), opens) = (channel::<()>(), AtomicUsize::new(0));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|scope| {
            let ran = &ran;
            let task = move || {
                let _ = gate.recv();
                ran.fetch_add(1, Relaxed);
            };
            scope.spawn(task).expect("it is not shut down");
            opens.fetch_add(1, Relaxed);
            // Dropped as this unwinds, and not before.
            let _open = open;
            resume_unwind(Box::new("in the function"));
        })
    }));
    assert_eq!(panic.expect_err("it goes on").downcast_ref(), Some(&"in the function"));
    assert_eq!((ran.into_inner(), opens.into_inner()), (1, 1));
}

fn a_panic_that_nobody_asks_for_goes_on_when_all_are_over<P: Pool>() {
    let pool: P = pool(1);
    let ran = AtomicUsize::new(0);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|scope| {
            scope
                .spawn(|| resume_unwind(Box::new("unseen")))
                .map(drop::<thread_pool::ScopedHandle<()>>)?;
            scope.spawn(|| ran.fetch_add(1, Relaxed)).map(drop)
        })
    }));
    assert_eq!(panic.expect_err("it goes on").downcast_ref(), Some(&"unseen"));
    assert_eq!(ran.into_inner(), 1);
}

fn a_panic_that_somebody_asks_for_does_not<P: Pool>() {
    let pool: P = pool(1);
    let asked = pool.scope(|scope| {
        let task = scope
            .spawn(|| -> u32 { resume_unwind(Box::new("seen")) })
            .expect("it is not shut down");
        task.wait()
    });
    assert_eq!(asked.expect_err("it panics").to_string(), "the task panicked: seen");
}

fn a_scope_of_a_pool_that_was_shut_down_refuses_and_ends<P: Pool>() {
    let pool: P = pool(1);
    pool.shutdown();
    let refused = pool.scope(|scope| scope.spawn(|| ()).map(drop).expect_err("it is shut down"));
    assert_eq!(refused, Reason::ShutDown);
}

fn a_scope_ends_when_its_tasks_are_handed_back_and_dropped<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let outcome = pool.scope(|scope| {
        let task = scope.spawn(|| ()).expect("it is not shut down");
        assert_eq!(shut_down_now(&pool, open).len(), 1);
        task.wait()
    });
    assert!(matches!(outcome, Err(TaskError::Dropped)));
}
