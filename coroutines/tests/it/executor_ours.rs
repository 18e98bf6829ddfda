//! What only our executor promises: FIFO order, and what its tasks and timers have to bear.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use corosensei::{Coroutine, CoroutineResult, Yielder};
use coroutines::executor;

use crate::executor::Ends;
use crate::executor_foreign::{Foreign, poll};

/// Sleeps for an hour, once polled with this waker; it is not dropped.
fn sleeps_for_ever(waker: &Waker) {
    let mut sleep = executor::sleep(Duration::from_secs(3600));
    assert!(poll(Pin::new(&mut sleep), waker).is_pending());
    std::mem::forget(sleep);
}

/// Ends a coroutine when it is dropped.
struct Resumes(Coroutine<(), (), ()>);

impl Drop for Resumes {
    fn drop(&mut self) {
        assert!(matches!(self.0.resume(()), CoroutineResult::Return(())));
    }
}

/// Enters an executor, and a second one inside of it, then leaves and frees the first one first.
fn leaves_executors_out_of_order() {
    let mut first = Coroutine::new(|stack: &Yielder<(), ()>, ()| {
        executor::block_on(async { stack.suspend(()) });
    });
    assert!(matches!(first.resume(()), CoroutineResult::Yield(())));
    let (second, resumes) = (executor::Executor::new(), Resumes(first));
    drop(second.spawn(async move {
        let _resumes = resumes;
        pending::<()>().await;
    }));
    drop(second);
    drop(executor::spawn(async {}));
}

checks::within_a_minute! {
    #[test]
    fn tasks_that_yield_take_turns() {
        let order = Rc::new(RefCell::new(String::new()));
        executor::block_on(async {
            let speak = |name: char| {
                let order = Rc::clone(&order);
                async move {
                    for _ in 0..3 {
                        order.borrow_mut().push(name);
                        executor::yield_now().await;
                    }
                }
            };
            let (a, b) = (executor::spawn(speak('a')), executor::spawn(speak('b')));
            a.await.unwrap();
            b.await.unwrap();
        });
        assert_eq!(*order.borrow(), "ababab");
    }

    #[test]
    fn block_on_inside_a_task_is_refused() {
        executor::block_on(async {
            let inner = executor::spawn(async { executor::block_on(async {}) });
            assert!(inner.await.unwrap_err().is_panic());
        });
    }

    #[test]
    fn tasks_resume_where_they_were_when_their_executor_runs_again() {
        let executor = executor::Executor::new();
        let task = executor.spawn(async {
            executor::yield_now().await;
            executor::yield_now().await;
            5
        });
        executor.block_on(executor::yield_now());
        assert!(!task.is_finished());
        assert_eq!(executor.block_on(task).unwrap(), 5);
    }

    #[test]
    fn a_task_that_holds_its_own_handle_is_dropped_once() {
        executor::block_on(async {
            let ends = Rc::new(Cell::new(0));
            let (end, own) = (Ends(Rc::clone(&ends)), Rc::new(RefCell::new(None)));
            let own2 = Rc::clone(&own);
            own.replace(Some(executor::spawn(async move {
                let (_end, _own) = (end, own2);
                executor::yield_now().await;
                String::from("its output is dropped")
            })));
            drop(own);
            while ends.get() == 0 {
                executor::yield_now().await;
            }
            assert_eq!(ends.get(), 1);
        });
    }

    #[test]
    fn a_waker_of_a_task_that_has_ended_polls_no_later_task_in_its_slot() {
        executor::block_on(async {
            let kept = Rc::new(RefCell::new(None));
            let kept2 = Rc::clone(&kept);
            let first = executor::spawn(poll_fn(move |cx| {
                kept2.replace(Some(cx.waker().clone()));
                Poll::Ready(())
            }));
            first.await.unwrap();
            let (polls, polls2) = (Rc::new(Cell::new(0)), Rc::default());
            let counts = |polls: Rc<Cell<u32>>| {
                poll_fn(move |_| {
                    polls.set(polls.get() + 1);
                    Poll::<()>::Pending
                })
            };
            // One of them is in its slot.
            let _later = [&polls, &polls2].map(|polls| executor::spawn(counts(Rc::clone(polls))));
            executor::yield_now().await;
            let waker = kept.take().expect("it was polled");
            waker.wake_by_ref();
            std::thread::spawn(move || waker.wake()).join().unwrap();
            for _ in 0..200 {
                executor::yield_now().await;
            }
            assert_eq!((polls.get(), polls2.get()), (1, 1));
        });
    }

    #[test]
    fn an_output_that_nobody_takes_may_wake_its_own_task_as_it_is_dropped() {
        struct Wakes(Waker);
        impl Drop for Wakes {
            fn drop(&mut self) {
                self.0.wake_by_ref();
            }
        }
        // Of one size, so that one may come into the memory of another.
        let task = |ends: bool, polls: &Rc<Cell<u32>>| {
            let polls = Rc::clone(polls);
            executor::spawn(poll_fn(move |cx| {
                polls.set(polls.get() + 1);
                if !ends {
                    return Poll::Pending;
                }
                // It is in the queue when it ends, and in its slot when its handle is dropped.
                cx.waker().wake_by_ref();
                Poll::Ready(Wakes(cx.waker().clone()))
            }))
        };
        executor::block_on_paused(async {
            let (polls, polls_of_next) = (Rc::default(), Rc::default());
            let ends = task(true, &polls);
            executor::yield_now().await;
            assert!(ends.is_finished());
            drop(ends);
            // Its turn comes once more.
            executor::yield_now().await;
            let _next = task(false, &polls_of_next);
            executor::sleep(Duration::from_secs(1)).await;
            assert_eq!((polls.get(), polls_of_next.get()), (1, 1));
        });
    }

    #[test]
    fn an_output_is_dropped_with_its_handle_though_its_task_is_queued_again() {
        let (executor, ends) = (executor::Executor::new(), Rc::new(Cell::new(0)));
        let mut end = Some(Ends(Rc::clone(&ends)));
        let task = executor.spawn(poll_fn(move |cx| {
            cx.waker().wake_by_ref();
            Poll::Ready(end.take())
        }));
        executor.block_on(executor::yield_now());
        assert!(task.is_finished());
        drop(task);
        assert_eq!(ends.get(), 1);
    }

    #[test]
    fn a_paused_clock_stands_still_while_its_executor_is_dropped() {
        struct Asks(Rc<Cell<Option<Instant>>>);
        impl Drop for Asks {
            fn drop(&mut self) {
                self.0.set(Some(executor::now()));
            }
        }
        let (executor, seen) = (executor::Executor::paused(), Rc::default());
        let asks = Asks(Rc::clone(&seen));
        let end = executor.block_on(async move {
            drop(executor::spawn(async move {
                let _asks = asks;
                pending::<()>().await;
            }));
            executor::sleep(Duration::from_secs(3600)).await;
            executor::now()
        });
        drop(executor);
        assert_eq!(seen.get(), Some(end));
    }

    #[test]
    fn a_sleep_that_begins_as_a_timer_is_dropped_is_dropped_with_its_executor() {
        let kept = Arc::new(Foreign { woken: None::<fn()>, dropped: None });
        let last = Waker::from(Arc::clone(&kept));
        let sleeps = move || sleeps_for_ever(&last);
        let first = Waker::from(Arc::new(Foreign { woken: None, dropped: Some(sleeps) }));
        executor::block_on(async move { sleeps_for_ever(&first) });
        assert_eq!(Arc::strong_count(&kept), 1);
    }

    #[test]
    fn executors_that_are_left_out_of_order_end_the_process() {
        // The thread would go on in the one that is gone.
        if std::env::var_os("OUT_OF_ORDER").is_some() {
            return leaves_executors_out_of_order();
        }
        let mut child = Command::new(std::env::current_exe().expect("a test knows its program"));
        let module = "executor_ours";
        let name = format!("{module}::executors_that_are_left_out_of_order_end_the_process");
        child.args(["--exact", &name]);
        let ended = child.env("OUT_OF_ORDER", "").output().expect("it runs").status;
        let aborted = std::os::unix::process::ExitStatusExt::signal(&ended);
        assert_eq!(aborted, Some(6), "{ended}");
    }

    #[test]
    fn timers_that_were_dropped_leave_the_heap_once_few_are_left() {
        const MANY: u64 = 100_000;
        let wait_at_once = |number: u64| {
            let sleep = |_| executor::sleep(Duration::from_secs(3600));
            for sleep in &mut (0..number).map(sleep).collect::<Vec<_>>() {
                assert!(poll(Pin::new(sleep), Waker::noop()).is_pending());
            }
        };
        let (_, kept) = executor::block_on_paused(async {
            coroutines::cost::counted(|| [MANY, 1].map(wait_at_once))
        });
        // The places of their wakers are kept for others, as are the slots of tasks.
        let kept = kept.expect("this binary counts");
        assert!(kept < 48 * MANY, "{kept} bytes");
    }

    #[test]
    fn a_timeout_that_is_set_outside_counts_from_its_first_poll() {
        let limited = executor::timeout(Duration::from_secs(1), std::future::pending::<()>());
        assert!(executor::block_on_paused(limited).is_err());
        let ready = executor::timeout(Duration::from_secs(60), async { 1 });
        assert_eq!(executor::block_on(ready), Ok(1));
    }

    #[test]
    fn a_paused_clock_may_come_near_its_end() {
        executor::block_on_paused(async {
            // As far as it can be put forward.
            let mut jump = Duration::MAX;
            while !jump.is_zero() {
                match executor::now().checked_add(jump) {
                    Some(_) => executor::sleep(jump).await,
                    None => jump /= 2,
                }
            }
            let never = executor::spawn(executor::sleep(Duration::from_secs(1)));
            assert_eq!(executor::timeout(Duration::from_secs(1), async { 1 }).await, Ok(1));
            executor::yield_now().await;
            assert!(!never.is_finished());
        });
    }
}
