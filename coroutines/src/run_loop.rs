//! The run queue of an executor: it polls the tasks that were woken, in FIFO order, and sleeps while
//! there is none. No task is polled that was not woken: that is what a waker is for, and what a loop
//! over all tasks would not do.
//!
//! [`textbook`] is a whole executor. [`crate::executor`] works in the same way, and adds what a library
//! needs: tasks that spawn others, are joined and aborted; sockets; panics that stop no other task;
//! and speed, by a run queue without a lock, wakers without an allocation, and a heap of timers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use futures_util::future::{LocalBoxFuture, join};
use kit::real::lane::{lock, start};
use tokio::sync::oneshot;

use super::runtime;
use crate::lane::{self, wait};

/// What wakes a task: it puts the task's number into the run queue, once.
struct TaskWaker {
    task: usize,
    queue: Arc<Mutex<VecDeque<usize>>>,
    executor: Thread,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut queue = lock(&self.queue);
        if !queue.contains(&self.task) {
            queue.push_back(self.task);
        }
        drop(queue);
        // After the push, so that the executor finds it.
        self.executor.unpark();
    }
}

/// Polls each task, and again whenever it was woken, until all have ended. The timers are the wakers
/// of the tasks that sleep, and when each is due.
fn run_all(tasks: [LocalBoxFuture<'static, ()>; 3], timers: &RefCell<Vec<(Instant, Waker)>>) {
    let mut tasks = tasks.map(Some);
    let queue = Arc::new(Mutex::new(VecDeque::from_iter(0..tasks.len())));
    while tasks.iter().any(Option::is_some) {
        let now = Instant::now();
        timers.borrow_mut().extract_if(.., |(due, _)| *due <= now).for_each(|(_, it)| it.wake());
        let next = lock(&queue).pop_front();
        if let Some(task) = next {
            let (queue, executor) = (Arc::clone(&queue), thread::current());
            let waker = Waker::from(Arc::new(TaskWaker { task, queue, executor }));
            // There is none, if the task has ended, and was woken after that.
            tasks[task].take_if(|it| it.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
        } else if let Some(first) = timers.borrow().iter().map(|(due, _)| *due).min() {
            thread::park_timeout(first - now);
        } else {
            // Returns at once if the thread was unparked since it looked into the queue.
            thread::park();
        }
    }
}

/// Runs three tasks on this executor; returns the same as [`run`].
pub fn textbook(pace: Duration) -> Vec<usize> {
    let timers = Rc::new(RefCell::new(Vec::new()));
    let left = Rc::clone(&timers);
    let sleep = move |time| {
        let due = Instant::now() + time;
        poll_fn(move |cx| {
            if Instant::now() >= due {
                return Poll::Ready(());
            }
            left.borrow_mut().push((due, cx.waker().clone()));
            Poll::Pending
        })
    };
    polled(pace, sleep, |tasks| run_all(tasks, &timers))
}

/// Runs three tasks on one thread, until all have ended: `t1` yields three times, `t2` sleeps, and
/// `t3` waits for a thread. Returns the numbers of the tasks, in the order of their polls; that
/// of `t2` is there once where its time had passed before it could ask.
pub fn run(pace: Duration) -> Vec<usize> {
    polled(pace, runtime::sleep, |tasks| {
        runtime::block_on(async {
            for task in tasks.map(runtime::spawn) {
                task.await.expect("it does not panic");
            }
        });
    })
}

/// Makes the three tasks, each of which notes its polls, and has them run.
fn polled<S: Future<Output = ()> + 'static>(
    pace: Duration,
    sleep: impl FnOnce(Duration) -> S + 'static,
    run: impl FnOnce([LocalBoxFuture<'static, ()>; 3]),
) -> Vec<usize> {
    let yields = async move {
        for _ in 0..3 {
            lane::work("", pace);
            runtime::yield_now().await;
        }
    };
    // Its time begins with its first poll.
    let sleeps = async move { wait("a timer", sleep(pace * 6)).await };
    let asks = async move {
        let (sender, answer) = oneshot::channel();
        let works = move || {
            lane::work("", pace * 8);
            sender.send(())
        };
        // The answer is polled first, and leaves its waker, which `send` calls on the thread.
        wait("a thread", join(answer, async { start("thread", works) })).await.0.expect("it sends");
    };
    let tasks: [LocalBoxFuture<'_, ()>; 3] = [Box::pin(yields), Box::pin(sleeps), Box::pin(asks)];
    let (polls, mut number) = (Rc::new(RefCell::new(Vec::new())), 0);
    run(tasks.map(|mut task| -> LocalBoxFuture<'_, ()> {
        number += 1;
        let (polls, number) = (Rc::clone(&polls), number);
        let noted = poll_fn(move |cx| {
            polls.borrow_mut().push(number);
            task.as_mut().poll(cx)
        });
        Box::pin(lane::task(&format!("t{number}"), noted))
    }));
    polls.take()
}
