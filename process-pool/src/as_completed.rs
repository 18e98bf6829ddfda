//! Results as they come: the first task that is over is the first whose result is returned.
//!
//! The slow task is the first to be submitted. A caller that asks in order waits for it while nine
//! results lie ready; one that takes results as they are completed has those nine first.

use std::thread;

use tracing::info_span;

use crate::lesson_task::{LessonTask, Work};
use crate::observer::Observer;
use crate::{Builder, Error, Handle, as_completed};

/// The number of tasks.
pub const TASKS: u64 = 10;
const WORKERS: usize = 4;

/// The first task waits at the gate, the others do nothing.
fn task(number: u64) -> LessonTask {
    LessonTask::new(number, if number == 1 { Work::Gate } else { Work::Nothing })
}

/// Asks in the order of the tasks. The gate is opened when all others are over.
pub fn in_order(observer: &Observer) -> Result<CompletionOrder, Error> {
    let pool = observer.full_pool(WORKERS, Builder::new())?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let first = pool.submit(task(1));
    let others = pool.submit_all((2..=TASKS).map(task));
    thread::scope(|scope| {
        let opens = scope.spawn(|| {
            let at_gate = observer.wait_at_gate(1)?;
            while !others.iter().all(Handle::is_finished) {
                thread::yield_now();
            }
            observer.open_gates(&at_gate);
            Ok::<_, Error>(())
        });
        let _waits = info_span!("waits", what = "task 1");
        let first = first.wait();
        opens.join().expect("it does not panic").and(first)
    })?;
    let ready = others.iter().filter(|other| other.is_finished()).count();
    let mut had = CompletionOrder { order: vec![1], ready };
    for (number, other) in (2..).zip(others) {
        other.wait()?;
        had.order.push(number);
    }
    Ok(had)
}

/// Takes the results as they come. The gate is opened when the caller has had all others.
pub fn as_they_come(observer: &Observer) -> Result<CompletionOrder, Error> {
    let pool = observer.full_pool(WORKERS, Builder::new())?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let mut results = as_completed(pool.submit_all((1..=TASKS).map(task)));
    let mut had = CompletionOrder { order: Vec::new(), ready: 0 };
    let next = || {
        let _waits = info_span!("waits", what = "the next");
        results.next()
    };
    for (index, outcome) in std::iter::from_fn(next) {
        outcome?;
        had.order.push(index + 1);
        if had.order.len() == TASKS as usize - 1 {
            observer.open_next_gate()?;
        }
    }
    Ok(had)
}

/// The order in which the caller had the results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionOrder {
    /// The tasks, in that order; the first submitted is 1, and is slow.
    pub order: Vec<usize>,
    /// The number of results that lay ready when the caller had its first.
    pub ready: usize,
}
