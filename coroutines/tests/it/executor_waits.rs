//! Timers, and wake-ups from other threads, on our executor and on tokio.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::executor::{Ends, on_both};

/// Hands its waker to a thread, and waits until that wakes it.
async fn woken_by(thread: mpsc::Sender<Waker>) {
    let mut asked = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        thread.send(cx.waker().clone()).expect("the thread is there");
        Poll::Pending
    })
    .await;
}

/// Starts a thread that calls each waker that it is sent.
fn waking() -> (mpsc::Sender<Waker>, thread::JoinHandle<()>) {
    let (tell, told) = mpsc::channel::<Waker>();
    (tell, thread::spawn(move || told.iter().for_each(Waker::wake)))
}

on_both! {
    fn a_shorter_sleep_ends_first_and_a_paused_clock_jumps() {
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
            for task in [3, 1, 2].map(|hours| runtime::spawn(nap(hours))) {
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
        let (tell, waking) = waking();
        runtime::block_on(async {
            let task = runtime::spawn(woken_by(tell.clone()));
            woken_by(tell).await;
            task.await.unwrap();
        });
        waking.join().unwrap();
    }

    fn two_tasks_that_wake_each_other_starve_no_timer_and_no_other_thread() {
        let (tell, waking) = waking();
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
        waking.join().unwrap();
    }

    fn a_waker_outlives_its_runtime() {
        let (tell, told) = mpsc::channel::<Waker>();
        runtime::block_on(async {
            let task = runtime::spawn(woken_by(tell));
            runtime::yield_now().await;
            assert!(!task.is_finished());
        });
        let waker = told.recv().expect("the task has sent it");
        let wakes = move || {
            waker.wake_by_ref();
            waker.clone().wake_by_ref();
            waker.wake();
        };
        thread::spawn(wakes).join().unwrap();
    }

    fn a_timeout_counts_from_the_call_and_not_from_the_first_poll() {
        runtime::block_on_paused(async {
            let began = runtime::now();
            let limited = runtime::timeout(Duration::from_secs(4), pending::<()>());
            runtime::sleep(Duration::from_secs(3)).await;
            assert!(limited.await.is_err());
            assert_eq!((runtime::now() - began).as_secs(), 4);
        });
    }

    fn a_timeout_of_zero_lets_what_is_ready_through_and_the_longest_sets_no_limit() {
        runtime::block_on_paused(async {
            assert_eq!(runtime::timeout(Duration::ZERO, async { 1 }).await, Ok(1));
            assert!(runtime::timeout(Duration::ZERO, pending::<()>()).await.is_err());
            let slow = async {
                runtime::sleep(Duration::from_secs(3600)).await;
                2
            };
            assert_eq!(runtime::timeout(Duration::MAX, slow).await, Ok(2));
            runtime::sleep(Duration::ZERO).await;
        });
    }

    fn a_future_that_times_out_is_dropped() {
        runtime::block_on_paused(async {
            let ends = Rc::new(Cell::new(0));
            let end = Ends(Rc::clone(&ends));
            let slow = async move {
                let _end = end;
                runtime::sleep(Duration::from_secs(9)).await;
            };
            assert!(runtime::timeout(Duration::from_secs(1), slow).await.is_err());
            assert_eq!(ends.get(), 1);
        });
    }
}
