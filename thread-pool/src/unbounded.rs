//! Thousands of tasks: a thread for each, beside a pool of a few workers.
//!
//! Task `n` adds up 1 to `n` and notes that it was run. A thread for each task is what
//! `threading.Thread` in a loop amounts to: the only bound on how many there are at once is how fast
//! the first ones end. Here none ends before all are started, as where tasks wait for a network.

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::on_pool::pool;
use crate::thread_count::{System, ThreadCount};
use crate::{BuildError, ChannelPool, Gate, Pool};

/// The threads that a run of the lesson `unbounded` used, and what its tasks came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadUse {
    /// The sum of the tasks' results.
    pub sum: u64,
    /// How often each task was run.
    pub runs: Vec<u32>,
    /// The most threads that were alive at once, as they counted themselves; of a pool, those that ran
    /// a task.
    pub most_alive: usize,
    /// What the system counted before the first of them was started, and when most were alive; on
    /// Linux.
    pub system: Option<[System; 2]>,
    /// The time from the first start to the last join.
    pub took: Duration,
}

/// Runs the tasks `1` to `count`, each on a thread of its own. These are held at a gate until the last
/// one is started, in the open, so that all are alive at once.
pub fn per_task(count: usize) -> Result<ThreadUse, BuildError> {
    per_task_on(count, |_| thread::Builder::new())
}

/// As [`per_task`]; `builder` makes the thread of each task.
pub fn per_task_on(
    count: usize,
    builder: impl Fn(usize) -> thread::Builder,
) -> Result<ThreadUse, BuildError> {
    let (tasks, alive, gate) = (&Tasks::new(count), &ThreadCount::default(), &Gate::default());
    let (before, begun) = (System::now(), Instant::now());
    let (most, sum) = thread::scope(|scope| {
        let mut threads = Vec::with_capacity(count);
        let started = (1..=count).try_for_each(|number| {
            // Lanes are drawn for eight of thousands.
            let drawn = (number - 1).is_multiple_of(count.div_ceil(8));
            let body = move || {
                let _alive = alive.enter();
                let waits = drawn.then(|| info_span!("waits", what = "gate"));
                gate.pass();
                drop(waits);
                let _runs = drawn.then(|| info_span!("runs", what = number));
                tasks.run(number)
            };
            let thread = builder(number).name(format!("t{number}")).spawn_scoped(scope, body);
            let started = threads.len();
            threads.push(thread.map_err(|source| BuildError { started, wanted: count, source })?);
            Ok(())
        });
        gate.until_waiting(threads.len());
        let most = System::now();
        gate.open();
        let sums = threads.into_iter().map(|thread| thread.join().expect("a task does not panic"));
        let sum = sums.sum();
        started.map(|()| (most, sum))
    })?;
    Ok(tasks.used(sum, alive.most(), before.zip(most), begun))
}

/// Runs the tasks `1` to `count` on a pool of `workers` workers: as many threads, however many
/// tasks there are. There is no gate here: no thread would be left to run the other tasks.
pub fn pooled(count: usize, workers: usize) -> Result<ThreadUse, BuildError> {
    let tasks = Tasks::new(count);
    let (before, begun) = (System::now(), Instant::now());
    let pool: ChannelPool = pool(workers)?;
    let results = pool.scope(|scope| {
        let tasks = &tasks;
        let handles = (1..=count).map(|number| {
            scope.spawn(move || {
                let _runs = info_span!("runs", what = number);
                (tasks.run(number), thread::current().id())
            })
        });
        let handles: Vec<_> = handles.collect();
        let results = handles.into_iter().map(|handle| handle.expect("it has no bound").wait());
        results.map(|result| result.expect("a task does not panic")).collect::<Vec<_>>()
    });
    let (sums, workers): (Vec<_>, HashSet<_>) = results.into_iter().unzip();
    // The workers are all there until the pool is dropped.
    let most = System::now();
    drop(pool);
    Ok(tasks.used(sums.iter().sum(), workers.len(), before.zip(most), begun))
}

/// Runs an eighth of the tasks, a quarter, half and all of them, each time with a thread for each
/// and then on a pool.
pub fn curve(
    count: usize,
    workers: usize,
) -> impl Iterator<Item = Result<[ThreadUse; 2], BuildError>> {
    let mut counts = [8, 4, 2, 1].map(|part| count / part).to_vec();
    counts.retain(|count| *count > 0);
    counts.into_iter().map(move |count| Ok([per_task(count)?, pooled(count, workers)?]))
}

/// Returns the sum of the results of the tasks `1` to `count`.
pub fn expected(count: usize) -> u64 {
    let count = count as u64;
    count * (count + 1) * (count + 2) / 6
}

/// The tasks `1` to `count`, and how often each was run.
#[derive(Debug)]
struct Tasks(Vec<AtomicU32>);

impl Tasks {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| AtomicU32::new(0)).collect())
    }

    fn run(&self, number: usize) -> u64 {
        self.0[number - 1].fetch_add(1, Relaxed);
        // Unseen by the optimiser, which knows a shorter way.
        (1..=number as u64).fold(0, |sum, next| black_box(sum + next))
    }

    /// Returns what was used; the threads that ran the tasks have been joined.
    fn used(
        &self,
        sum: u64,
        most_alive: usize,
        system: Option<(System, System)>,
        begun: Instant,
    ) -> ThreadUse {
        let runs = self.0.iter().map(|runs| runs.load(Relaxed)).collect();
        ThreadUse { sum, runs, most_alive, system: system.map(Into::into), took: begun.elapsed() }
    }
}
