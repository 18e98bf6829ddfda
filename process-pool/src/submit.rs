//! Ten tasks, four workers: all tasks are submitted, then the answers are taken in the tasks' order.
//! And a task that its caller cancels, which works as long as no worker has it.

use tracing::info_span;

use crate::lesson_task::{Answer, LessonTask, Work};
use crate::observer::Observer;
use crate::{Builder, Error, Handle};

/// The number of worker processes.
pub const WORKERS: usize = 4;

/// Counts the primes below 10 000, 20 000, … 100 000 in ten tasks; returns the answers in the
/// tasks' order.
pub fn run(observer: &Observer) -> Result<Vec<Answer>, Error> {
    let _lane = info_span!("lane", lane = "caller").entered();
    let submits = info_span!("runs", what = "submits");
    let pool = observer.pool(WORKERS, Builder::new())?;
    let task = |number| LessonTask::new(number, Work::Primes(10_000 * number));
    let handles: Vec<_> = (1..=10).map(|number| pool.submit(task(number))).collect();
    drop(submits);
    let _waits = info_span!("waits", what = "the answers");
    handles.into_iter().map(Handle::wait).collect()
}

/// Cancels a task that waits at the gate in its worker, and one that is queued behind it.
pub fn cancel(observer: &Observer) -> Result<CancelOutcome, Error> {
    // One task to a message: the second stays in the pool's queue.
    let pool = observer.pool(1, Builder::new().chunk(1))?;
    let running = pool.submit(LessonTask::new(1, Work::Gate));
    let at_gate = observer.wait_at_gate(1)?;
    let queued = pool.submit(LessonTask::new(2, Work::Nothing));
    let cancelled = (running.cancel(), queued.cancel());
    observer.open_gates(&at_gate);
    let done = [running.wait(), queued.wait()].iter().filter(|outcome| outcome.is_ok()).count();
    Ok(CancelOutcome { running: cancelled.0, queued: cancelled.1, done })
}

/// The outcomes of two tasks that were cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelOutcome {
    /// Whether the task that ran was cancelled.
    pub running: bool,
    /// Whether the queued task was cancelled.
    pub queued: bool,
    /// How many of the two were done.
    pub done: usize,
}
