//! Pools with more and more workers, which one thread has run tasks.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use bench::curve::{Curve, Unit};
use bench::work::{steps, work};
use thread_pool::{Builder, ChannelPool, Job, Pool, StealingPool};

use super::{Plan, Round};

pub(super) const EMPTY: &str = "scale/pools/empty";
pub(super) const COMPUTING: &str = "scale/pools/20us";

/// The number of tasks of this round that are not over, and the thread that waits for them.
static LEFT: AtomicUsize = AtomicUsize::new(0);
static WAITS: OnceLock<Thread> = OnceLock::new();

/// What can run tasks. Dropping it ends its threads.
trait Contender {
    fn start(workers: usize) -> Self;
    fn spawn(&self, task: impl FnOnce() + Send + 'static);
}

macro_rules! contender {
    ($Pool:ty, $start:expr, |$pool:ident, $task:ident| $spawn:expr) => {
        impl Contender for $Pool {
            fn start(workers: usize) -> Self {
                let start: fn(usize) -> Self = $start;
                start(workers)
            }
            fn spawn(&self, task: impl FnOnce() + Send + 'static) {
                let $pool = self;
                let $task = task;
                $spawn;
            }
        }
    };
}

macro_rules! ours {
    ($Pool:ty) => {
        contender!(
            $Pool,
            |workers| Builder::new().workers(workers).build().expect("there is room for threads"),
            |pool, task| pool.execute(Job::new(task)).expect("it has no bound")
        );
    };
}

ours!(ChannelPool);
ours!(StealingPool);
contender!(
    rayon::ThreadPool,
    |workers| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
        pool.expect("there is room for threads")
    },
    |pool, task| pool.spawn(task)
);
contender!(threadpool::ThreadPool, threadpool::ThreadPool::new, |pool, task| pool.execute(task));
contender!(
    tokio::runtime::Runtime,
    |workers| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).build();
        runtime.expect("there is room for threads")
    },
    |runtime, task| drop(runtime.spawn(async { task() }))
);

/// Has a pool run `tasks` tasks, and returns how many it ran in a second.
fn contender<P: Contender>(tasks: usize, steps: u32) -> Round<'static> {
    Box::new(move |workers| {
        let pool = P::start(workers as usize);
        WAITS.get_or_init(thread::current);
        LEFT.store(tasks, Ordering::Relaxed);
        let begun = Instant::now();
        for task in 0..tasks {
            pool.spawn(move || {
                work(steps);
                black_box(task);
                // Release, and acquire below: what a task has done is visible to the thread that
                // waits for it.
                if LEFT.fetch_sub(1, Ordering::AcqRel) == 1 {
                    WAITS.get().expect("it is set before the first task").unpark();
                }
            });
        }
        while LEFT.load(Ordering::Acquire) > 0 {
            thread::park();
        }
        Ok(tasks as f64 / begun.elapsed().as_secs_f64())
    })
}

pub(super) fn curves(plan: &Plan, curves: &mut Vec<Curve>) {
    for name in [EMPTY, COMPUTING].into_iter().filter(|name| plan.wants(name)) {
        let (tasks, steps) = match name {
            _ if plan.test => (100, 0),
            EMPTY => (50_000, 0),
            _ => (1_000, steps(Duration::from_micros(20))),
        };
        let contenders = vec![
            ("stealing (ours)", contender::<StealingPool>(tasks, steps)),
            ("channel (ours)", contender::<ChannelPool>(tasks, steps)),
            ("rayon spawn", contender::<rayon::ThreadPool>(tasks, steps)),
            ("threadpool", contender::<threadpool::ThreadPool>(tasks, steps)),
            ("tokio", contender::<tokio::runtime::Runtime>(tasks, steps)),
        ];
        plan.curve(curves, (name, "tasks", "workers", Unit::PerSecond), &plan.threads, contenders);
    }
}
