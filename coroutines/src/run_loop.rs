//! The run queue of an executor: it polls the tasks that were woken, in FIFO order, and sleeps
//! while there is none. No task is polled that was not woken: that is what a waker is for.
//!
//! [`textbook`] is a whole executor. The library [`crate::executor`] adds timers and sockets, tasks
//! that spawn others, are joined and aborted, panics that stop no other task, and speed.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, join};
use kit::real::lane::{lock, start};
use tokio::sync::oneshot;

use super::runtime;
use crate::lane::{self, wait};

type Task = LocalBoxFuture<'static, ()>;

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

/// Polls each task, and again whenever it was woken, until all have ended.
fn run_all(tasks: [Task; 3]) {
    let mut tasks = tasks.map(Some);
    let queue = Arc::new(Mutex::new(VecDeque::from_iter(0..tasks.len())));
    while tasks.iter().any(Option::is_some) {
        let next = lock(&queue).pop_front();
        if let Some(task) = next {
            let (queue, executor) = (Arc::clone(&queue), thread::current());
            let waker = Waker::from(Arc::new(TaskWaker { task, queue, executor }));
            // There is none, if the task has ended, and was woken after that.
            tasks[task].take_if(|it| it.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
        } else {
            // Returns at once if the thread was unparked since it looked into the queue.
            thread::park();
        }
    }
}

/// Runs three tasks on this executor; returns the same as [`run`]. Its timer is a thread.
pub fn textbook(pace: Duration) -> Vec<usize> {
    polled(pace, answer, run_all)
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
    run: impl FnOnce([Task; 3]),
) -> Vec<usize> {
    let yields = async move {
        for _ in 0..3 {
            lane::work("", pace);
            runtime::yield_now().await;
        }
    };
    let sleeps = async move { wait("a timer", sleep(pace * 6)).await };
    let asks = wait("a thread", answer(pace * 8));
    let polls = Rc::new(RefCell::new(Vec::new()));
    let task = |number, mut future: Task| -> Task {
        let polls = Rc::clone(&polls);
        let noted = poll_fn(move |cx| {
            polls.borrow_mut().push(number);
            future.as_mut().poll(cx)
        });
        Box::pin(lane::task(&format!("t{number}"), noted))
    };
    run([task(1, Box::pin(yields)), task(2, Box::pin(sleeps)), task(3, Box::pin(asks))]);
    polls.take()
}

/// Waits for a thread, which works for a while.
async fn answer(pace: Duration) {
    let (sender, answer) = oneshot::channel();
    let works = move || {
        lane::work("", pace);
        sender.send(())
    };
    // The answer is polled first, and leaves its waker, which `send` calls on the thread.
    join(answer, async { start("thread", works) }).await.0.expect("the thread sends");
}
