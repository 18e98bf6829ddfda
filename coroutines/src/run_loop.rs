//! What wakes a task: itself, a timer, another thread. Its executor polls the tasks that were
//! woken, in FIFO order, and sleeps while there is none.
//!
//! No task is polled that was not woken: that is what a waker is for, and what a loop over all
//! tasks would not do.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use super::runtime;
use crate::lane::{self, wait};

/// Runs three tasks on one thread, until all have ended: `t1` yields three times, `t2` sleeps, and
/// `t3` waits for a thread. Returns the order of the first three polls, by the tasks' numbers, and
/// the number of polls of each; that of `t2` is 1 where its time had passed before it could ask.
pub fn run(pace: Duration) -> (Vec<usize>, [u32; 3]) {
    let polled = Rc::new(RefCell::new(Vec::new()));
    runtime::block_on(async {
        let yields = async move {
            for _ in 0..3 {
                lane::work("", pace);
                runtime::yield_now().await;
            }
            lane::work("", pace);
        };
        // Its time begins with its first poll.
        let sleeps = async move { wait("a timer", runtime::sleep(pace * 6)).await };
        let asks = wait("a thread", answered(pace * 8));
        let tasks = [
            runtime::spawn(lane::task("t1", counted(1, Rc::clone(&polled), yields))),
            runtime::spawn(lane::task("t2", counted(2, Rc::clone(&polled), sleeps))),
            runtime::spawn(lane::task("t3", counted(3, Rc::clone(&polled), asks))),
        ];
        for task in tasks {
            task.await.expect("it does not panic");
        }
    });
    let polled = polled.take();
    let times = [1, 2, 3].map(|task| polled.iter().filter(|&&one| one == task).count() as u32);
    (polled[..3].to_vec(), times)
}

/// Notes each poll of a task.
async fn counted<F: Future>(task: usize, polled: Rc<RefCell<Vec<usize>>>, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        polled.borrow_mut().push(task);
        future.as_mut().poll(cx)
    })
    .await
}

/// Waits for a thread, which works for a while and then wakes the task: a waker may be sent to any
/// thread, though its task may not.
async fn answered(pace: Duration) {
    let (answered, asked) = (Arc::new(AtomicBool::new(false)), Cell::new(false));
    poll_fn(|cx| {
        // Acquire: pairs with the Release below.
        if answered.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        // It is polled by no other waker than this one.
        if !asked.replace(true) {
            let (answered, waker) = (Arc::clone(&answered), cx.waker().clone());
            let thread = thread::Builder::new().name("thread".to_owned()).spawn(move || {
                lane::work("", pace);
                answered.store(true, Ordering::Release);
                waker.wake();
            });
            thread.expect("the system has room for another thread");
        }
        Poll::Pending
    })
    .await;
}
