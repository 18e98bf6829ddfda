//! Thousands of tasks: a thread for each, beside a pool of a few workers.
//!
//! Task `n` adds up 1 to `n` and notes that it was run, so what all of them come to is known. A
//! thread for each task is what `threading.Thread` in a loop amounts to: the only bound on how many
//! there are at once is how fast the first ones end. Here none ends before all are started (see
//! [`per_task`]), which is what happens by itself where tasks wait for a network or a disk.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::on_pool::{results, submit};
use crate::thread_count::{System, ThreadCount};
use crate::{BuildError, Builder, ChannelPool, Gate};

/// The threads that a run of the lesson `unbounded` used, and what its tasks came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadUse {
    /// The sum of the tasks' results.
    pub sum: u64,
    /// How often each task was run.
    pub runs: Vec<u32>,
    /// The most threads for tasks that were alive at once, as they counted themselves.
    pub most_alive: usize,
    /// What the system counted before the first of them was started, and when most were alive; on
    /// Linux.
    pub system: Option<[System; 2]>,
    /// The time from the first start to the last join.
    pub took: Duration,
}

/// Runs the tasks `1` to `count`, each on a thread of its own, all of which are alive at once.
///
/// The threads are held at a gate until the last one is started, in the open: with tasks as short
/// as these, how many are alive at once would be a matter of luck.
///
/// # Errors
/// [`BuildError`], if the system refuses a thread; those that were started pass the gate and are
/// joined. A limit on threads or on memory for a stack is reported in this way. Where the last byte
/// of memory is gone, a started thread may find no room for what else it needs, and std aborts.
pub fn per_task(count: usize) -> Result<ThreadUse, BuildError> {
    per_task_on(count, |_| thread::Builder::new())
}

/// As [`per_task`]; `builder` makes the thread of each task.
pub fn per_task_on(
    count: usize,
    builder: impl Fn(usize) -> thread::Builder,
) -> Result<ThreadUse, BuildError> {
    let shared = Arc::new((Tasks::new(count), ThreadCount::default(), Gate::default()));
    let (tasks, alive, gate) = &*shared;
    let (before, begun) = (System::now(), Instant::now());
    let mut threads: Vec<JoinHandle<u64>> = Vec::with_capacity(count);
    let mut refused = None;
    for number in 1..=count {
        let shared = Arc::clone(&shared);
        // Lanes are drawn for eight of thousands.
        let drawn = (number - 1).is_multiple_of(count.div_ceil(8));
        let thread = builder(number).name(format!("t{number}")).spawn(move || {
            let (tasks, alive, gate) = &*shared;
            let _alive = alive.enter();
            let waits = drawn.then(|| info_span!("waits", what = "gate"));
            gate.pass();
            drop(waits);
            let _runs = drawn.then(|| info_span!("runs", what = number));
            tasks.run(number)
        });
        match thread {
            Ok(thread) => threads.push(thread),
            Err(source) => {
                refused = Some(BuildError { started: threads.len(), wanted: count, source });
                break;
            }
        }
    }
    gate.until_waiting(threads.len());
    let most = System::now();
    gate.open();
    let sum = threads.into_iter().map(|thread| thread.join().expect("a task does not panic")).sum();
    match refused {
        Some(refused) => Err(refused),
        None => Ok(tasks.used(sum, alive, before.zip(most), begun)),
    }
}

/// Runs the tasks `1` to `count` on a pool of `workers` workers: as many threads, however many
/// tasks there are.
///
/// There is no gate here: a task that waited for all others to be started would keep its worker,
/// and with all workers kept no thread would be left to run the others.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
pub fn pooled(count: usize, workers: usize) -> Result<ThreadUse, BuildError> {
    let tasks = Arc::new(Tasks::new(count));
    let (before, begun) = (System::now(), Instant::now());
    let alive = Arc::new(ThreadCount::default());
    let (starts, stops) = (Arc::clone(&alive), Arc::clone(&alive));
    let pool = Builder::new()
        .workers(workers)
        .on_start(move |_| starts.come())
        .on_stop(move |_| stops.go());
    let pool: ChannelPool = pool.build()?;
    let handles = (1..=count).map(|number| {
        let tasks = Arc::clone(&tasks);
        submit(&pool, move || {
            let _runs = info_span!("runs", what = number);
            tasks.run(number)
        })
    });
    let sum = results(handles.collect::<Vec<_>>()).sum();
    // The workers are all there until the pool is dropped.
    let most = System::now();
    drop(pool);
    Ok(tasks.used(sum, &alive, before.zip(most), begun))
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
        alive: &ThreadCount,
        system: Option<(System, System)>,
        begun: Instant,
    ) -> ThreadUse {
        let runs = self.0.iter().map(|runs| runs.load(Relaxed)).collect();
        let (most_alive, system) = (alive.most(), system.map(Into::into));
        ThreadUse { sum, runs, most_alive, system, took: begun.elapsed() }
    }
}
