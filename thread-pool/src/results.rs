//! How results are collected: one at a time, in the order of submission, in the order of
//! completion, or by `await`.
//!
//! The variants run the same tasks: fifty of them on ten workers; task `n` waits 2 ms, as for a
//! network, and counts to `n` squared. What differs is when the submitter asks for a result, and
//! that decides how many tasks run at once.
//!
//! Each function blocks for ever, if there are fewer tasks than workers: the first wait for each other.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use tokio::runtime;
use tracing::info_span;

use crate::on_pool::{pool, submit};
use crate::submit::wait_and_count;
use crate::thread_count::ThreadCount;
use crate::{BuildError, ChannelPool, Gate, Handle, Pool};

/// The results as they came, and how many tasks ran at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// What was counted to, in the order in which the results came.
    pub results: Vec<u64>,
    /// The most tasks that were running at once.
    pub most_at_once: usize,
    /// The time from the first submit to the last result.
    pub took: Duration,
}

/// Asks for each result right after its submit: of ten workers, nine never have a task.
///
/// This is the slip that makes a pool a slow way of calling a function. In Python it reads
/// `executor.submit(task, n).result()`.
pub fn one_at_a_time(tasks: u64, workers: usize) -> Result<Collected, BuildError> {
    let shared = Tasks::independent(workers)?;
    let results =
        (1..=tasks).map(|number| wait(submit(&shared.pool, shared.task(number)))).collect();
    Ok(shared.collected(results))
}

/// Submits all tasks, and then asks for the results in the order of submission. The first result may
/// be the last to be ready; but the last one has to be waited for anyway.
pub fn in_order(tasks: u64, workers: usize) -> Result<Collected, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    // Collected: an iterator is lazy, and would submit each task when its result is asked for, one
    // at a time.
    let handles: Vec<_> =
        (1..=tasks).map(|number| submit(&shared.pool, shared.task(number))).collect();
    let results = handles.into_iter().map(wait).collect();
    Ok(shared.collected(results))
}

/// Leaves it to the pool: a function and its inputs, and the results in the order of the inputs.
/// What [`in_order`] does by hand.
pub fn map(tasks: u64, workers: usize) -> Result<Collected, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    let each: Vec<_> = (1..=tasks).map(|number| shared.task(number)).collect();
    let outcomes = shared.pool.map(each, |task| task()).expect("it is not shut down");
    let results = outcomes.into_iter().map(|outcome| outcome.expect("no task panics")).collect();
    Ok(shared.collected(results))
}

/// Awaits the handles on a single thread, which runs another async task meanwhile: the only one that
/// opens the tasks' gate. With `wait` in place of `await`, it would never be opened.
pub fn awaited(tasks: u64, workers: usize) -> Result<Collected, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    let gate = Gate::default();
    let handles: Vec<_> = (1..=tasks)
        .map(|number| {
            let (gate, task) = (gate.clone(), shared.task(number));
            submit(&shared.pool, move || {
                gate.pass();
                task()
            })
        })
        .collect();
    let runtime = runtime::Builder::new_current_thread().build().expect("it needs no thread");
    let results = runtime.block_on(async {
        let others = tokio::spawn(async move { gate.open() });
        let mut results = Vec::new();
        for handle in handles {
            results.push(handle.await.expect("no task panics"));
        }
        others.await.expect("it does not panic");
        results
    });
    Ok(shared.collected(results))
}

/// Takes the results in the order in which the tasks end: here from the last to the first, for each
/// task has a gate of its own, and they are opened in that order, as the results come.
pub fn as_completed(workers: usize) -> Result<Collected, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    let gates: Vec<_> = (0..workers).map(|_| Gate::default()).collect();
    let submitted = gates.iter().zip(1..).map(|(gate, number)| {
        let (gate, task) = (gate.clone(), shared.task(number));
        submit(&shared.pool, move || {
            let result = task();
            let _waits = info_span!("waits", what = "gate");
            gate.pass();
            result
        })
    });
    // Collected before any is asked for, or they would be submitted one at a time.
    let mut results = crate::as_completed(submitted.collect::<Vec<_>>());
    let in_turn = gates.iter().rev().map(|gate| {
        gate.open();
        let (_, outcome) = results.next().expect("one comes for each");
        outcome.expect("no task panics")
    });
    let results = in_turn.collect();
    Ok(shared.collected(results))
}

struct Tasks {
    pool: ChannelPool,
    running: Arc<ThreadCount>,
    /// Where the first tasks wait for each other, as many as there are workers; or none does.
    meeting: Option<Arc<Barrier>>,
    workers: usize,
    begun: Instant,
}

impl Tasks {
    /// Returns tasks of which none waits for another one.
    fn independent(workers: usize) -> Result<Self, BuildError> {
        let pool = pool(workers)?;
        Ok(Self { pool, running: Arc::default(), meeting: None, workers, begun: Instant::now() })
    }

    /// Returns tasks that all run at once, as many as there are workers, on every run: the first
    /// ones wait for each other before they do anything else.
    fn that_meet(workers: usize) -> Result<Self, BuildError> {
        let meeting = Some(Arc::new(Barrier::new(workers)));
        Ok(Self { meeting, ..Self::independent(workers)? })
    }

    fn task(&self, number: u64) -> impl FnOnce() -> u64 + Send + 'static {
        let meeting = self.meeting.clone().filter(|_| number <= self.workers as u64);
        let running = Arc::clone(&self.running);
        move || {
            let _running = running.enter();
            if let Some(meeting) = meeting {
                meeting.wait();
            }
            let _runs = info_span!("runs", what = number);
            wait_and_count(number)
        }
    }

    fn collected(&self, results: Vec<u64>) -> Collected {
        Collected { results, most_at_once: self.running.most(), took: self.begun.elapsed() }
    }
}

fn wait(handle: Handle<u64>) -> u64 {
    let _waits = info_span!("waits", what = "result");
    handle.wait().expect("no task panics")
}
