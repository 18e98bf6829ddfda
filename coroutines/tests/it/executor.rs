//! What our own executor and tokio promise alike: each test is run on both. What is asked of tasks
//! is here; of waiting and waking, in `executor_waits.rs`; of channels and of two futures at once,
//! in `executor_together.rs`; what only ours promises, in `executor_ours.rs`.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// Counts its ends.
pub(crate) struct Ends(pub(crate) Rc<Cell<u32>>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// Makes each test twice.
macro_rules! on_both {
    ($(fn $name:ident() $body:block)*) => {
        mod ours {
            #[allow(unused_imports, reason = "a file of tests brings what its tests need")]
            use super::*;
            #[allow(unused_imports, reason = "a file of tests asks a runtime, or a lesson on it")]
            use coroutines::{executor as runtime, on_ours as lessons};
            checks::within_a_minute! { $(#[test] fn $name() $body)* }
        }
        mod tokio {
            #[allow(unused_imports, reason = "a file of tests brings what its tests need")]
            use super::*;
            #[allow(unused_imports, reason = "a file of tests asks a runtime, or a lesson on it")]
            use coroutines::{tokio_runtime as runtime, on_tokio as lessons};
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

    fn a_task_runs_only_while_somebody_gives_way() {
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
        runtime::block_on(async {
            let ends = Rc::new(Cell::new(0));
            let (end, value) = (Ends(Rc::clone(&ends)), Ends(Rc::clone(&ends)));
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

    fn an_aborted_task_is_dropped_where_it_waits() {
        runtime::block_on(async {
            let ends = Rc::new(Cell::new(0));
            let end = Ends(Rc::clone(&ends));
            let task = runtime::spawn(async move {
                let _end = end;
                pending::<()>().await;
            });
            runtime::yield_now().await;
            task.abort();
            assert_eq!(ends.get(), 0, "its turn comes later");
            let error = task.await.unwrap_err();
            assert!(error.is_cancelled());
            assert_eq!(ends.get(), 1);
        });
    }

    fn a_task_that_is_aborted_before_it_began_never_begins() {
        runtime::block_on(async {
            let ran = Rc::new(Cell::new(false));
            let ran2 = Rc::clone(&ran);
            let task = runtime::spawn(async move { ran2.set(true) });
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            assert!(!ran.get());
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
            let error: runtime::JoinError = match bad.await {
                Err(error) => error,
                Ok(()) => panic!("it has panicked"),
            };
            assert!(error.is_panic());
            assert_eq!(error.into_panic().downcast_ref(), Some(&"expected"));
            assert_eq!(good.await.unwrap(), 1);
        });
    }

    fn a_panic_of_the_future_that_is_blocked_on_comes_out_and_drops_all_tasks() {
        let ends = Rc::new(Cell::new(0));
        let end = Ends(Rc::clone(&ends));
        let out = catch_unwind(AssertUnwindSafe(|| {
            runtime::block_on(async {
                drop(runtime::spawn(async move {
                    let _end = end;
                    pending::<()>().await;
                }));
                runtime::yield_now().await;
                std::panic::resume_unwind(Box::new("expected"));
            });
        }));
        assert!(out.is_err());
        assert_eq!(ends.get(), 1);
    }

    fn tasks_that_are_left_are_dropped_at_the_end() {
        let ends = Rc::new(Cell::new(0));
        runtime::block_on(async {
            for _ in 0..3 {
                let end = Ends(Rc::clone(&ends));
                drop(runtime::spawn(async move {
                    let _end = end;
                    runtime::sleep(Duration::from_secs(3600)).await;
                }));
            }
            runtime::yield_now().await;
        });
        assert_eq!(ends.get(), 3);
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
