//! Fifty tasks on ten workers: `submit` queues a task and returns, however long the task takes.
//!
//! The tasks are held at a gate until the last one is submitted, in the open: a `submit` that
//! waited for a result would never return. Then ten tasks stand at the gate, one on each worker,
//! and forty are queued. The code is generic over [`Pool`]: the pool is all that the variants
//! differ in.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::thread_count::ThreadCount;
use crate::{BuildError, Gate, Pool, on_pool};

/// The counts of the lesson `submit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The tasks that had ended when all were submitted.
    pub ended_by_then: usize,
    /// What each task has counted to, in the order of submission.
    pub results: Vec<u64>,
    /// The most tasks that were running at once.
    pub most_at_once: usize,
    /// The number of tasks that each worker ran, by its name.
    pub by_worker: BTreeMap<String, usize>,
    /// The time that it took to submit them all.
    pub submitting: Duration,
    /// The time from the opening of the gate to the last result.
    pub running: Duration,
}

/// Waits for 2 ms, which stands for a network or a disk, and counts to the square of a number, one
/// by one: a task of a known result.
pub fn wait_and_count(number: u64) -> u64 {
    thread::sleep(Duration::from_millis(2));
    // Unseen by the optimiser, which knows a shorter way.
    (0..number * number).fold(0, |count, _| black_box(count + 1))
}

/// Submits `tasks` tasks to a pool of `workers` workers, and only then waits for the results.
///
/// # Blocking
/// Until all tasks have been run; for ever, if there are fewer tasks than workers.
pub fn run<P: Pool>(tasks: usize, workers: usize) -> Result<Submitted, BuildError> {
    let shared = Arc::new((ThreadCount::default(), Gate::default()));
    let (running, gate) = &*shared;
    let pool: P = on_pool::pool(workers)?;

    let begun = Instant::now();
    let submits = info_span!("runs", what = "submits");
    let handles: Vec<_> = (1..=tasks as u64)
        .map(|number| {
            let shared = Arc::clone(&shared);
            on_pool::submit(&pool, move || {
                let (running, gate) = &*shared;
                let _running = running.enter();
                let waits = info_span!("waits", what = "gate");
                gate.pass();
                drop(waits);
                let _runs = info_span!("runs", what = number);
                (thread::current().name().map(str::to_owned), wait_and_count(number))
            })
        })
        .collect();
    let submitting = begun.elapsed();
    drop(submits);

    // Here the submitter is free to do other work. It looks at how far the tasks are.
    gate.until_waiting(workers);
    let ended_by_then = handles.iter().filter(|handle| handle.is_finished()).count();
    let begun = Instant::now();
    gate.open();
    let waits = info_span!("waits", what = "results");
    let (names, results): (Vec<_>, Vec<_>) = on_pool::results(handles).unzip();
    drop(waits);
    let mut by_worker = BTreeMap::new();
    for name in names {
        *by_worker.entry(name.expect("a worker has a name")).or_default() += 1;
    }
    let (most_at_once, running) = (running.most(), begun.elapsed());
    Ok(Submitted { ended_by_then, results, most_at_once, by_worker, submitting, running })
}
