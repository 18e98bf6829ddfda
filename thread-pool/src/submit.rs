//! Fifty tasks on ten workers: who submits goes on at once, however long the tasks take.
//!
//! The tasks are held at a gate until the last one is submitted, in the open: a `submit` that
//! waited for anything would never come to its end. Then ten of them stand at the gate, for that is
//! how many workers there are, and forty are queued.
//!
//! What is done is written for whatever [`Pool`]; which one is the only difference between the
//! forms.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::thread_count::ThreadCount;
use crate::{Build, BuildError, Builder, Gate, Handle, Pool};

/// Says what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many tasks had ended when all were submitted.
    pub ended_by_then: usize,
    /// What each task has counted to, in the order in which they were submitted.
    pub results: Vec<u64>,
    /// The most tasks that were at work at once.
    pub most_at_once: usize,
    /// How many tasks each worker ran, by its name.
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

/// Submits so many tasks to a pool of so many workers, does something else, and then waits for the
/// results.
///
/// ```
/// use thread_pool::{ChannelPool, submit::run};
///
/// let outcome = run::<ChannelPool>(5, 2)?;
/// assert_eq!((outcome.ended_by_then, outcome.most_at_once), (0, 2));
/// assert_eq!(outcome.results, [1, 4, 9, 16, 25]);
/// # Ok::<(), thread_pool::BuildError>(())
/// ```
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// Until all tasks have been run; for ever, if there are fewer tasks than workers.
pub fn run<P: Pool + Build>(tasks: usize, workers: usize) -> Result<Outcome, BuildError> {
    let shared = Arc::new((ThreadCount::default(), Gate::default()));
    let (thread_count, gate) = &*shared;
    let pool: P = Builder::new().workers(workers).build()?;

    let begun = Instant::now();
    let submits = info_span!("runs", what = "submits");
    let handles: Vec<_> = (1..=tasks as u64)
        .map(|number| {
            let shared = Arc::clone(&shared);
            let task = move || {
                let (thread_count, gate) = &*shared;
                let _at_work = thread_count.enter();
                let waits = info_span!("waits", what = "gate");
                gate.pass();
                drop(waits);
                let _runs = info_span!("runs", what = number);
                (thread::current().name().map(str::to_owned), wait_and_count(number))
            };
            pool.submit(task).expect("it has no bound, and is not shut down")
        })
        .collect();
    let submitting = begun.elapsed();
    drop(submits);

    // Here the submitter is free to do whatever else there is. It sees how the tasks are.
    gate.until_waiting(workers);
    let ended_by_then = handles.iter().filter(|handle| handle.is_finished()).count();
    let begun = Instant::now();
    gate.open();
    let waits = info_span!("waits", what = "results");
    let ran = handles.into_iter().map(Handle::wait).map(|outcome| outcome.expect("no task panics"));
    let (names, results): (Vec<_>, Vec<_>) = ran.unzip();
    drop(waits);
    let mut by_worker = BTreeMap::new();
    for name in names {
        *by_worker.entry(name.expect("a worker has a name")).or_default() += 1;
    }
    let (most_at_once, running) = (thread_count.most(), begun.elapsed());
    Ok(Outcome { ended_by_then, results, most_at_once, by_worker, submitting, running })
}
