//! Panics of what the caller gives: callbacks, wakers, payloads, and whatever panics as it is
//! dropped. None costs a worker, nor ends the program.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use thread_pool::{Builder, Pool, ScopedHandle, TaskError};

use super::{PanicsAtItsEnd, every_pool, keep, lives, pool, reporting, submit};

every_pool!(
    several_panics_at_the_end_of_a_task_are_all_told,
    a_task_that_panics_as_it_is_dropped_can_be_cancelled,
    a_waker_that_panics_costs_no_worker_and_is_told_to_the_panic_handler,
    what_panics_as_it_is_dropped_on_the_way_of_another_panic_ends_nothing,
);

fn several_panics_at_the_end_of_a_task_are_all_told<P: Pool>() {
    let (pool, told) = reporting::<P>(Builder::new().workers(1));
    let open = keep(&pool);
    let mut handle = submit::<()>(&pool, || resume_unwind(Box::new("task")));
    handle.on_done(|_| resume_unwind(Box::new("one")));
    handle.on_done(|_| resume_unwind(Box::new("two")));
    drop(handle);
    drop(open);
    lives(&pool);
    drop(pool);
    let word = |payload: Box<dyn Any + Send>| payload.downcast_ref::<&str>().copied();
    let mut told: Vec<_> = told.iter().filter_map(word).collect();
    told.sort_unstable();
    assert_eq!(told, ["one", "task", "two"]);
}

fn a_task_that_panics_as_it_is_dropped_can_be_cancelled<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let last = PanicsAtItsEnd("the task");
    let mut handle = submit(&pool, move || drop(last));
    handle.on_done(|_| resume_unwind(Box::new(PanicsAtItsEnd("the callback's payload"))));
    let panic = catch_unwind(AssertUnwindSafe(|| handle.cancel())).expect_err("it goes on");
    assert_eq!(panic.downcast_ref(), Some(&"the task"));
    assert!(matches!(handle.wait(), Err(TaskError::Cancelled)));
    drop(open);
    lives(&pool);
}

/// Panics when it is woken or dropped: on a worker, if that wakes it last.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        resume_unwind(Box::new("waker"));
    }
}

fn a_waker_that_panics_costs_no_worker_and_is_told_to_the_panic_handler<P: Pool>() {
    let (pool, told) = reporting::<P>(Builder::new().workers(1));
    let open = keep(&pool);
    let mut handle = submit(&pool, || 7);
    let waker = Waker::from(Arc::new(Panics));
    assert!(Pin::new(&mut handle).poll(&mut Context::from_waker(&waker)).is_pending());
    drop(open);
    assert_eq!(told.recv().expect("it is told").downcast_ref(), Some(&"waker"));
    assert!(matches!(handle.try_wait(), Some(Ok(7))));
    lives(&pool);
}

fn what_panics_as_it_is_dropped_on_the_way_of_another_panic_ends_nothing<P: Pool>() {
    let pool: P = pool(2);
    let said = |body: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(body)).expect_err("it goes on");
        panic.downcast_ref::<&str>().copied()
    };
    // The function panics, and so have tasks, with payloads that do as well.
    let function = || {
        pool.scope(|scope| {
            for _ in 0..2 {
                let task = || resume_unwind(Box::new(PanicsAtItsEnd("a payload")));
                scope.spawn(task).map(drop::<ScopedHandle<()>>).expect("it is not shut down");
            }
            resume_unwind(Box::new("in the function"))
        });
    };
    assert_eq!(said(&function), Some("in the function"));
    // A task panics, and so does the function's result.
    let result = || {
        drop(pool.scope(|scope| {
            scope
                .spawn(|| resume_unwind(Box::new("in the task")))
                .map(drop::<ScopedHandle<()>>)
                .expect("it is not shut down");
            PanicsAtItsEnd("a result")
        }));
    };
    assert_eq!(said(&result), Some("in the task"));
    assert_eq!(
        pool.scope(|scope| scope.spawn(|| 7).expect("it is not shut down").wait())
            .expect("the workers live"),
        7
    );
}
