//! What our own executor and tokio promise alike of tasks: each test is run on both. Of waiting and
//! waking: `executor_waits.rs`; of channels: `channel_order.rs`; what only ours promises:
//! `executor_ours.rs`.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// A value that counts its drops.
pub(crate) struct Ends(pub(crate) Rc<Cell<u32>>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// Makes each test twice.
macro_rules! on_both {
    ($(fn $name:ident() $body:block)*) => {
        on_both!(ours executor: $(fn $name() $body)*);
        on_both!(tokio tokio_runtime: $(fn $name() $body)*);
    };
    ($module:ident $runtime:ident: $(fn $name:ident() $body:block)*) => {
        mod $module {
            #[allow(unused_imports, reason = "a file of tests brings what its tests need")]
            use super::*;
            use coroutines::$runtime as runtime;
            checks::within_a_minute! { $(#[test] fn $name() $body)* }
        }
    };
}

pub(crate) use on_both;

on_both! {
    fn what_comes_out_of_a_future_comes_out_of_block_on() {
        let local = 20;
        assert_eq!(runtime::block_on(async { &local }), &20);
    }

    fn a_task_runs_only_when_another_one_yields() {
        runtime::block_on(async {
            let ran = Rc::new(Cell::new(false));
            let ran2 = Rc::clone(&ran);
            let task = runtime::spawn(async move { ran2.set(true) });
            assert!(!ran.get(), "it was spawned, not run");
            task.await.unwrap();
            assert!(ran.get());
        });
    }

    fn a_task_whose_handle_is_dropped_runs_on() {
        let ends = Rc::new(Cell::new(0));
        let (end, value) = (Ends(Rc::clone(&ends)), Ends(Rc::clone(&ends)));
        runtime::block_on(async {
            drop(runtime::spawn(async move {
                runtime::yield_now().await;
                drop(end);
                value
            }));
            while ends.get() < 2 {
                runtime::yield_now().await;
            }
        });
    }

    fn an_aborted_task_is_dropped_at_its_await() {
        let ends = Rc::new(Cell::new(0));
        let end = Ends(Rc::clone(&ends));
        runtime::block_on(async {
            let task = runtime::spawn(async move {
                let _end = end;
                pending::<()>().await;
            });
            runtime::yield_now().await;
            task.abort();
            assert_eq!(ends.get(), 0, "its turn comes later");
            assert!(task.await.unwrap_err().is_cancelled());
            assert_eq!(ends.get(), 1);
        });
    }

    fn a_task_that_is_aborted_before_its_first_poll_is_never_polled() {
        runtime::block_on(async {
            let task = runtime::spawn(async { panic!("it was polled") });
            task.abort();
            let error: runtime::JoinError = task.await.unwrap_err();
            assert!(error.is_cancelled());
        });
    }

    fn a_task_that_has_ended_cannot_be_aborted() {
        runtime::block_on(async {
            let task = runtime::spawn(async { 7 });
            while !task.is_finished() {
                runtime::yield_now().await;
            }
            task.abort();
            assert_eq!(task.await.unwrap(), 7);
        });
    }

    fn a_panic_ends_its_own_task_and_no_other() {
        runtime::block_on(async {
            let bad = runtime::spawn(async { std::panic::resume_unwind(Box::new("expected")) });
            let good = runtime::spawn(async { 1 });
            let error: runtime::JoinError = bad.await.unwrap_err();
            assert!(error.is_panic());
            assert_eq!(error.into_panic().downcast_ref(), Some(&"expected"));
            assert_eq!(good.await.unwrap(), 1);
        });
    }

    fn all_tasks_are_dropped_at_the_end_and_after_a_panic_as_well() {
        for panics in [false, true] {
            let ends = Rc::new(Cell::new(0));
            let tasks = [(); 3].map(|()| Ends(Rc::clone(&ends)));
            let out = catch_unwind(AssertUnwindSafe(|| {
                runtime::block_on(async {
                    for end in tasks {
                        drop(runtime::spawn(async move {
                            let _end = end;
                            runtime::sleep(Duration::from_secs(3600)).await;
                        }));
                    }
                    runtime::yield_now().await;
                    if panics {
                        std::panic::resume_unwind(Box::new("expected"));
                    }
                });
            }));
            assert_eq!((out.is_err(), ends.get()), (panics, 3));
        }
    }

    fn a_task_that_keeps_its_own_waker_is_dropped_all_the_same() {
        let ends = Rc::new(Cell::new(0));
        let end = Ends(Rc::clone(&ends));
        runtime::block_on(async move {
            drop(runtime::spawn(async move {
                let (_end, mut kept) = (end, None);
                poll_fn(|cx| {
                    kept = Some(cx.waker().clone());
                    Poll::<()>::Pending
                })
                .await;
            }));
            runtime::yield_now().await;
        });
        assert_eq!(ends.get(), 1);
    }
}
