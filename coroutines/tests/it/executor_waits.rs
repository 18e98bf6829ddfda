//! Timers, and wakes from other threads, on our executor and on tokio.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::executor::{Ends, on_both};

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

on_both! {
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
        // Neither timers nor other threads would have a turn if the executor looked at them only
        // when nothing else is queued.
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

    fn a_limit_counts_from_the_call_and_not_from_the_first_poll() {
        runtime::block_on_paused(async {
            let began = runtime::now();
            let limited = runtime::timeout(Duration::from_secs(4), std::future::pending::<()>());
            runtime::sleep(Duration::from_secs(3)).await;
            assert!(limited.await.is_err());
            assert_eq!((runtime::now() - began).as_secs(), 4);
        });
    }

    fn a_limit_of_zero_lets_what_is_ready_through_and_one_of_all_time_is_none() {
        runtime::block_on_paused(async {
            assert_eq!(runtime::timeout(Duration::ZERO, async { 1 }).await, Ok(1));
            assert!(runtime::timeout(Duration::ZERO, std::future::pending::<()>()).await.is_err());
            let slow = async {
                runtime::sleep(Duration::from_secs(3600)).await;
                2
            };
            assert_eq!(runtime::timeout(Duration::MAX, slow).await, Ok(2));
            runtime::sleep(Duration::ZERO).await;
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
}
