//! Urgent tasks first, what that does to the others, and aging.
//!
//! The queue is sorted by a key that a task is given when it is submitted; the smallest is next.
//! `key` is all that the variants differ in. There is one worker, which begins when the first tasks
//! are queued: so the order is the key's, and the same on every run.

use std::collections::BTreeMap;

use tracing::info_span;

use crate::BuildError;
use crate::on_pool::{one_worker, submit};
use crate::submit::wait_and_count;

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
    let ordinary = (1..=9).map(|number| (ORDINARY, number));
    run(order, ordinary.chain([(URGENT, 10)]), 0)
}

/// Submits an ordinary task, 0, while each urgent task, 1 to `urgent`, submits the next as it runs:
/// one of them is always queued. Returns how many ran before the ordinary task.
pub fn stream(order: Order, urgent: u64) -> Result<usize, BuildError> {
    let ran = run(order, [(URGENT, 1), (ORDINARY, 0)], urgent)?;
    Ok(ran.iter().take_while(|number| **number != 0).count())
}

/// Has a worker run the tasks, of which each up to number `last` submits the next, an urgent one;
/// returns their numbers in the order in which they ran.
fn run(
    order: Order,
    tasks: impl IntoIterator<Item = (Rank, u64)>,
    last: u64,
) -> Result<Vec<u64>, BuildError> {
    let pool = one_worker()?;
    let mut queue = Queue { order, submitted: 0, tasks: BTreeMap::new() };
    tasks.into_iter().for_each(|(rank, number)| queue.submit(rank, number));
    let worker = submit(&pool, move || {
        let mut ran = Vec::new();
        while let Some((_, number)) = queue.tasks.pop_first() {
            let _runs = info_span!("runs", what = number);
            wait_and_count(1);
            if (1..last).contains(&number) {
                queue.submit(URGENT, number + 1);
            }
            ran.push(number);
        }
        ran
    });
    Ok(worker.wait().expect("no task panics"))
}

struct Queue {
    order: Order,
    submitted: u64,
    tasks: BTreeMap<(u64, u64), u64>,
}

impl Queue {
    fn submit(&mut self, rank: Rank, number: u64) {
        self.tasks.insert(key(self.order, rank, self.submitted), number);
        self.submitted += 1;
    }
}
