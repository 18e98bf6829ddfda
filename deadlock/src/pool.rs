//! A task that waits for a task of its own pool: when all workers wait, none is left to run what they
//! wait for.
//!
//! The pool here is just large enough for that. Its two workers each run an outer task, which
//! submits an inner one and waits for its result.

use std::collections::VecDeque;

use tracing::info_span;

use super::lane::{finish, lock, start, wait_while};
use super::sync::mpsc::{Receiver, channel};
use super::sync::{Arc, Condvar, Mutex};

type Task = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    closed: bool,
}

impl Queue {
    /// Queues a task; its result comes through the channel.
    fn submit<R: Send + 'static>(&self, task: impl FnOnce() -> R + Send + 'static) -> Receiver<R> {
        let (result, receiver) = channel();
        // A caller that has dropped its receiver wants no result.
        let task = Box::new(move || drop(result.send(task())));
        lock(&self.state).tasks.push_back(task);
        self.changed.notify_one();
        receiver
    }

    /// Waits for a task; `None` when the queue is closed and empty.
    fn next(&self) -> Option<Task> {
        let nothing_yet = |state: &mut State| state.tasks.is_empty() && !state.closed;
        wait_while(&self.changed, lock(&self.state), nothing_yet).tasks.pop_front()
    }

    fn next_if_any(&self) -> Option<Task> {
        lock(&self.state).tasks.pop_front()
    }

    fn close(&self) {
        lock(&self.state).closed = true;
        self.changed.notify_all();
    }
}

/// Waits for the inner task's result.
///
/// # Blocking
/// For ever: both outer tasks are queued before any inner one.
pub fn waits() -> [u32; 2] {
    run(|inner, name, _| {
        let _waits = info_span!("waits", what = name);
        inner.recv().expect("every task is run")
    })
}

/// A helping join: runs what is queued before it waits, the inner task among it if it is still there.
///
/// Then it waits only for a task that another worker is running already. rayon does this, with a
/// queue for each worker and work stealing. Its price: a task's stack may carry others, and one of
/// them may ask for a lock that is held across the wait.
pub fn helps() -> [u32; 2] {
    run(|inner, name, queue| {
        while let Some(task) = queue.next_if_any() {
            task();
        }
        let _waits = info_span!("waits", what = name);
        inner.recv().expect("every task is run")
    })
}

fn run(wait: fn(Receiver<u32>, &str, &Queue) -> u32) -> [u32; 2] {
    let queue = Arc::new(Queue::default());
    let outer = |number: u32| {
        let queue2 = Arc::clone(&queue);
        queue.submit(move || {
            let _runs = info_span!("runs", what = format!("outer {number}"));
            let inner = format!("inner {number}");
            let name = inner.clone();
            let result = queue2.submit(move || {
                let _runs = info_span!("runs", what = inner);
                number * 10
            });
            wait(result, &name, &queue2) + number
        })
    };
    let results = [outer(1), outer(2)];
    let workers = ["w1", "w2"].map(|name| {
        let queue = Arc::clone(&queue);
        start(name, move || {
            while let Some(task) = queue.next() {
                task();
            }
        })
    });
    let results = results.map(|result| result.recv().expect("every task is run"));
    queue.close();
    workers.into_iter().for_each(finish);
    results
}
