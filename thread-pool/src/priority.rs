//! Urgent tasks first, what that does to the others, and aging.
//!
//! The queue is sorted by a key that a task is given when it is submitted; the smallest is next.
//! `key` is all that the variants differ in. The pool has one worker, and its first task stands at
//! a gate until the others are queued: so the order is the key's, and the same on every run.
//!
//! Each function returns [`BuildError`] if the system has no room for the worker.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::info_span;

use crate::on_pool::{one_worker, submit};
use crate::submit::wait_and_count;
use crate::{BuildError, Gate};

/// What decides which task is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// First in, first out.
    Arrival,
    /// The priority; tasks of one priority in the order of submission.
    Priority,
    /// The priority, with aging: an urgent task overtakes ordinary ones that came less than this
    /// number of submissions before it.
    Aging(u64),
}

/// How urgent a task is: the smaller, the more.
type Rank = u64;
const URGENT: Rank = 0;
const ORDINARY: Rank = 1;

/// Returns the key of a task, from its rank and the number of tasks that were submitted before it.
/// The number makes each key unique, and the order of equal ranks that of submission: a heap of ranks
/// alone promises no order among equals.
///
/// With aging a rank is worth as much as `worth` earlier submissions. A task that waits gains on all
/// that come later, without being sorted again: both keys would grow by the same.
fn key(order: Order, rank: Rank, before: u64) -> (u64, u64) {
    match order {
        Order::Arrival => (0, before),
        Order::Priority => (rank, before),
        Order::Aging(worth) => (rank * worth + before, before),
    }
}

/// Submits nine ordinary tasks, 1 to 9, then an urgent one, 10; returns the order in which they ran.
pub fn one_urgent(order: Order) -> Result<Vec<u64>, BuildError> {
    run(order, |queue| {
        (1..=9).for_each(|number| queue.submit(ORDINARY, number, |_| ()));
        queue.submit(URGENT, 10, |_| ());
    })
}

/// Submits an ordinary task, 0, while each urgent task, 1 to `urgent`, submits the next as it runs:
/// one of them is always queued. Returns how many ran before the ordinary task.
pub fn stream(order: Order, urgent: u64) -> Result<usize, BuildError> {
    fn submit(queue: &Queue, number: u64, last: u64) {
        if number <= last {
            queue.submit(URGENT, number, move |queue| submit(queue, number + 1, last));
        }
    }
    let ran = run(order, |queue| {
        submit(queue, 1, urgent);
        queue.submit(ORDINARY, 0, |_| ());
    })?;
    Ok(ran.iter().take_while(|number| **number != 0).count())
}

/// Keeps the only worker at a gate until `submits` has returned; returns the numbers of the tasks in
/// the order in which they ran then.
fn run(order: Order, submits: impl FnOnce(&Queue)) -> Result<Vec<u64>, BuildError> {
    let pool = one_worker()?;
    let queue = Arc::new(Queue { order, state: Mutex::default() });
    let gate = Arc::new(Gate::default());
    let (queue2, gate2) = (Arc::clone(&queue), Arc::clone(&gate));
    let worker = submit(&pool, move || {
        gate2.pass();
        while let Some((number, task)) = queue2.next() {
            let _runs = info_span!("runs", what = number);
            wait_and_count(1);
            task(&queue2);
        }
    });
    submits(&queue);
    gate.open();
    worker.wait().expect("no task panics");
    let ran = std::mem::take(&mut queue.lock().ran);
    Ok(ran)
}

type Task = Box<dyn FnOnce(&Queue) + Send>;

/// The queue of a pool, which ends here when it is empty: all that is submitted comes before.
struct Queue {
    order: Order,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tasks: BTreeMap<(u64, u64), (u64, Task)>,
    submitted: u64,
    ran: Vec<u64>,
}

impl Queue {
    fn submit(&self, rank: Rank, number: u64, task: impl FnOnce(&Self) + Send + 'static) {
        let mut state = self.lock();
        let key = key(self.order, rank, state.submitted);
        state.submitted += 1;
        state.tasks.insert(key, (number, Box::new(task)));
    }

    fn next(&self) -> Option<(u64, Task)> {
        let mut state = self.lock();
        let (_, (number, task)) = state.tasks.pop_first()?;
        state.ran.push(number);
        Some((number, task))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
