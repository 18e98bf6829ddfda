//! Load imbalance, tasks of very different lengths: dealt out statically, taken from one queue, and
//! balanced by work stealing.
//!
//! One task is long, in the open: it lasts until the others have got as far as they can without its
//! worker. All others wait 2 ms, as for a network. What is counted is how many tasks are then left
//! in the queue behind the long one: while they wait, the other workers are idle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use kit::sync_point::SyncPoint;
use tracing::info_span;

use crate::on_pool::{pool, results, submit};
use crate::{BuildError, Builder, ChannelPool, Handle, Pool, StealingPool};

/// The counts of the lesson `stealing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imbalance {
    /// The tasks that had not begun when the others could get no further without the worker of the
    /// long one.
    pub left_behind: usize,
    /// What each worker has done, by its name; one that has run no task may be missing.
    pub workers: BTreeMap<String, Share>,
    /// From the first submit to the last result.
    pub took: Duration,
}

/// What one worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The number of tasks that it ran.
    pub ran: usize,
    /// The number that it stole from other workers; some may have been stolen from it in turn.
    pub stolen: usize,
    /// Whether it ran the long one.
    pub long: bool,
}

/// Deals the tasks out to the workers in turn (static partitioning): a pool of one worker for each.
pub fn dealt(tasks: usize, workers: usize) -> Result<Imbalance, BuildError> {
    let one = |number| Builder::new().workers(1).name(&format!("w{number}")).build::<ChannelPool>();
    let pools = (1..=workers).map(one).collect::<Result<Vec<_>, _>>()?;
    // All end but those that are dealt to the worker of the long one.
    let shared = Tasks::new(tasks, tasks - tasks.div_ceil(workers));
    let begun = Instant::now();
    let handles = (0..tasks).map(|task| shared.submit(&pools[task % workers], task)).collect();
    Ok(collected(handles, begun))
}

/// Has all workers take from one queue.
pub fn channel(tasks: usize, workers: usize) -> Result<Imbalance, BuildError> {
    let pool: ChannelPool = pool(workers)?;
    let shared = Tasks::new(tasks, tasks - 1);
    let begun = Instant::now();
    let handles = (0..tasks).map(|task| shared.submit(&pool, task)).collect();
    Ok(collected(handles, begun))
}

/// Queues all tasks in one worker's deque: a task submits them. What other workers run of them, they
/// have to steal; and they do, for that task stays until one of them is begun.
pub fn stealing(tasks: usize, workers: usize) -> Result<Imbalance, BuildError> {
    let pool: Arc<StealingPool> = Arc::new(pool(workers)?);
    let (shared, pool2) = (Tasks::new(tasks, tasks - 1), Arc::clone(&pool));
    let begun = Instant::now();
    let submit_all = move || {
        let handles = (0..tasks).map(|task| shared.submit(&*pool2, task)).collect();
        shared.begun.wait_for(1);
        handles
    };
    let handles = submit(&*pool, submit_all).wait();
    let mut imbalance = collected(handles.expect("it does not panic"), begun);
    for (number, stolen) in (1..).zip(pool.stolen()) {
        imbalance.workers.entry(format!("w{number}")).or_default().stolen = stolen;
    }
    Ok(imbalance)
}

struct Tasks {
    /// The tasks that have not begun. Relaxed: the two points order it.
    left: AtomicUsize,
    /// How many end while the long one lasts.
    meanwhile: usize,
    begun: SyncPoint,
    ended: SyncPoint,
}

struct Ran {
    worker: String,
    left_behind: Option<usize>,
}

impl Tasks {
    fn new(tasks: usize, meanwhile: usize) -> Arc<Self> {
        let (left, [begun, ended]) = (AtomicUsize::new(tasks), [(); 2].map(|()| SyncPoint::of(1)));
        Arc::new(Self { left, meanwhile, begun, ended })
    }

    /// Submits a task; the first is the long one.
    fn submit(self: &Arc<Self>, pool: &impl Pool, task: usize) -> Handle<Ran> {
        let shared = Arc::clone(self);
        let run = move || {
            let _runs =
                info_span!("runs", what = if task == 0 { "long".into() } else { task.to_string() });
            shared.left.fetch_sub(1, Relaxed);
            shared.begun.arrive();
            let left_behind = if task == 0 { Some(shared.long()) } else { shared.short() };
            Ran { worker: thread::current().name().unwrap_or_default().to_owned(), left_behind }
        };
        submit(pool, run)
    }

    /// Lasts until the others have got as far as they can; returns how many they have left.
    fn long(&self) -> usize {
        self.ended.wait_for(self.meanwhile);
        self.left.load(Relaxed)
    }

    fn short(&self) -> Option<usize> {
        thread::sleep(Duration::from_millis(2));
        self.ended.arrive();
        None
    }
}

fn collected(handles: Vec<Handle<Ran>>, begun: Instant) -> Imbalance {
    let mut outcome = Imbalance { left_behind: 0, workers: BTreeMap::new(), took: Duration::ZERO };
    for ran in results(handles) {
        let share = outcome.workers.entry(ran.worker).or_default();
        share.ran += 1;
        share.long |= ran.left_behind.is_some();
        outcome.left_behind += ran.left_behind.unwrap_or(0);
    }
    outcome.took = begun.elapsed();
    outcome
}
