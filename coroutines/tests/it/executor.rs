//! What our own executor and tokio promise alike: each test is run on both.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use coroutines::combine::{Either, join, select};
use coroutines::executor;

/// Counts its ends.
struct Ends(Rc<Cell<u32>>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// Hands its waker to a thread, and waits until that wakes it.
async fn woken_by(thread: mpsc::Sender<Waker>) {
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        if polls > 1 {
            return Poll::Ready(());
        }
        thread.send(cx.waker().clone()).expect("the thread is there");
        Poll::Pending
    })
    .await;
}

/// Makes each test twice.
macro_rules! on_both {
    ($(fn $name:ident() $body:block)*) => {
        mod ours {
            use super::*;
            use coroutines::executor as runtime;
            stage::within_a_minute! { $(#[test] fn $name() $body)* }
        }
        mod tokio {
            use super::*;
            use coroutines::tokio_runtime as runtime;
            stage::within_a_minute! { $(#[test] fn $name() $body)* }
        }
    };
}

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

    fn who_sleeps_shorter_wakes_first_and_a_clock_that_stands_still_is_put_forward() {
        let began = std::time::Instant::now();
        let order = runtime::block_on_paused(async {
            let (start, order) = (runtime::now(), Rc::new(RefCell::new(Vec::new())));
            let nap = |hours: u64| {
                let order = Rc::clone(&order);
                async move {
                    runtime::sleep(Duration::from_secs(3600 * hours)).await;
                    order.borrow_mut().push((hours, (runtime::now() - start).as_secs() / 3600));
                }
            };
            let tasks = [3, 1, 2].map(|hours| runtime::spawn(nap(hours)));
            for task in tasks {
                task.await.unwrap();
            }
            order.take()
        });
        assert_eq!(order, [(1, 1), (2, 2), (3, 3)]);
        assert!(began.elapsed() < Duration::from_secs(60));
    }

    fn a_sleep_lasts_as_long_as_it_was_asked_to() {
        runtime::block_on(async {
            let began = std::time::Instant::now();
            runtime::sleep(Duration::from_millis(3)).await;
            assert!(began.elapsed() >= Duration::from_millis(3));
        });
    }

    fn a_task_is_woken_from_another_thread() {
        let (tell, told) = mpsc::channel::<Waker>();
        let waker = thread::spawn(move || told.iter().for_each(Waker::wake));
        runtime::block_on(async {
            let task = runtime::spawn(woken_by(tell.clone()));
            woken_by(tell).await;
            task.await.unwrap();
        });
        waker.join().unwrap();
    }

    fn two_tasks_that_wake_each_other_keep_nobody_out() {
        // Neither timers nor other threads would have a turn if the executor looked at them only when nothing else is queued.
        let (tell, told) = mpsc::channel::<Waker>();
        let waker = thread::spawn(move || told.iter().for_each(Waker::wake));
        runtime::block_on(async {
            for _ in 0..2 {
                drop(runtime::spawn(async {
                    loop {
                        runtime::yield_now().await;
                    }
                }));
            }
            woken_by(tell).await;
            runtime::sleep(Duration::from_millis(1)).await;
        });
        waker.join().unwrap();
    }

    fn a_waker_outlives_its_runtime() {
        let (tell, told) = mpsc::channel::<Waker>();
        runtime::block_on(async {
            let task = runtime::spawn(woken_by(tell));
            runtime::yield_now().await;
            assert!(!task.is_finished());
        });
        let waker = told.recv().expect("the task has told it");
        thread::spawn(move || {
            waker.wake_by_ref();
            let another = waker.clone();
            another.wake_by_ref();
            waker.wake();
        })
        .join()
        .unwrap();
    }

    fn a_full_channel_holds_its_sender_back_and_loses_nothing() {
        let taken = runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(2);
            let sent = Rc::new(Cell::new(0));
            let sent2 = Rc::clone(&sent);
            drop(runtime::spawn(async move {
                for value in 0..6 {
                    sender.send(value).await.unwrap();
                    sent2.set(value + 1);
                }
            }));
            for _ in 0..10 {
                runtime::yield_now().await;
            }
            assert_eq!(sent.get(), 2, "there is room for two");
            let mut taken = Vec::new();
            while let Some(value) = receiver.recv().await {
                taken.push(value);
            }
            taken
        });
        assert_eq!(taken, [0, 1, 2, 3, 4, 5]);
    }

    fn a_sender_that_gives_up_its_place_lets_the_next_one_have_it() {
        runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let first = runtime::spawn({ let sender = sender.clone(); async move { sender.send(1).await } });
            let second = runtime::spawn({ let sender = sender.clone(); async move { sender.send(2).await } });
            runtime::yield_now().await;
            runtime::yield_now().await;
            // The first one is given the room, and is dropped before it can use it.
            assert_eq!(receiver.recv().await, Some(0));
            first.abort();
            assert!(first.await.is_err());
            second.await.unwrap().unwrap();
            assert_eq!(receiver.recv().await, Some(2));
        });
    }

    fn a_channel_whose_other_side_is_gone_says_so() {
        runtime::block_on(async {
            let (sender, receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let waits = runtime::spawn({ let sender = sender.clone(); async move { sender.send(1).await.is_err() } });
            runtime::yield_now().await;
            drop(receiver);
            assert!(waits.await.unwrap());
            assert!(sender.send(2).await.is_err());
            let (sender, mut receiver) = runtime::channel::<u32>(1);
            drop(sender);
            assert_eq!(receiver.recv().await, None);
        });
    }

    fn who_takes_too_long_is_dropped() {
        runtime::block_on_paused(async {
            let ends = Rc::new(Cell::new(0));
            let end = Ends(Rc::clone(&ends));
            let slow = async move {
                let _end = end;
                runtime::sleep(Duration::from_secs(9)).await;
            };
            assert!(runtime::timeout(Duration::from_secs(1), slow).await.is_err());
            assert_eq!(ends.get(), 1);
            assert_eq!(runtime::timeout(Duration::from_secs(1), async { 3 }).await, Ok(3));
        });
    }

    fn joined_futures_run_at_once_in_one_task() {
        runtime::block_on_paused(async {
            let began = runtime::now();
            let both = join(runtime::sleep(Duration::from_secs(2)), runtime::sleep(Duration::from_secs(3)));
            both.await;
            assert_eq!((runtime::now() - began).as_secs(), 3);
        });
    }

    fn the_first_of_two_wins_and_the_other_is_dropped() {
        runtime::block_on_paused(async {
            let ends = Rc::new(Cell::new(0));
            let end = Ends(Rc::clone(&ends));
            let slow = async move {
                let _end = end;
                runtime::sleep(Duration::from_secs(9)).await;
            };
            let fast = async {
                runtime::sleep(Duration::from_secs(1)).await;
                "fast"
            };
            assert_eq!(select(slow, fast).await, Either::Right("fast"));
            assert_eq!(ends.get(), 1);
        });
    }
}

// What only ours promises: first woken, first polled.
stage::within_a_minute! {
    #[test]
    fn tasks_that_give_way_take_turns() {
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
    fn tasks_go_on_from_where_they_were_when_their_executor_runs_again() {
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
    fn a_waker_that_was_made_here_may_end_elsewhere_and_the_other_way_round() {
        executor::block_on(async {
            let task = executor::spawn(poll_fn(|cx| {
                // Those that end here wait for the next ones to be made here.
                drop((cx.waker().clone(), cx.waker().clone()));
                let sent = cx.waker().clone();
                let back = thread::spawn(move || (sent.clone(), sent.clone())).join().unwrap();
                drop(back);
                Poll::Ready(cx.waker().clone())
            }));
            let waker = task.await.unwrap();
            thread::spawn(move || drop(waker.clone())).join().unwrap();
        });
    }

    #[test]
    fn a_task_that_holds_its_own_handle_is_dropped_once() {
        executor::block_on(async {
            let ends = Rc::new(Cell::new(0));
            let (end, own) = (Ends(Rc::clone(&ends)), Rc::new(RefCell::new(None)));
            let own2 = Rc::clone(&own);
            let task = executor::spawn(async move {
                let (_end, _own) = (end, own2);
                executor::yield_now().await;
                String::from("nobody asks for it")
            });
            own.replace(Some(task));
            drop(own);
            while ends.get() == 0 {
                executor::yield_now().await;
            }
            assert_eq!(ends.get(), 1);
        });
    }
}
