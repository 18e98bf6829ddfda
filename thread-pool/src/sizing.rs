//! How many workers a pool should have: as many as can make progress at once. For CPU-bound tasks
//! that is the number of cores; for tasks that wait, it depends on how long they wait.
//!
//! The same tasks are run on pools of more and more workers. Before the clock starts, each worker
//! has begun a task that waits for all the others.
//!
//! # The rule
//! A task that computes for C and waits for W keeps a core busy for C / (C + W) of its time, so
//! workers = cores × (1 + W / C) keep all cores busy (Brian Goetz, "Java Concurrency in Practice",
//! 2006, section 8.2). It is a beginning: what waits at the other end, a database with ten
//! connections, may be the narrower place; then measure.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use crate::on_pool::pool;
use crate::thread_count::ThreadCount;
use crate::{BuildError, ChannelPool, Pool};

/// What each task does: it computes, then it waits.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// The steps that it computes.
    pub steps: u32,
    /// How long it waits then: it sleeps, which stands for a disk or a network.
    pub wait: Duration,
}

/// The figures of one pool size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its workers.
    pub workers: usize,
    /// The most tasks that had been begun and were not over, at any time.
    pub most: usize,
    /// The tasks that were run.
    pub run: usize,
    /// From the first submission to the end of the last task.
    pub took: Duration,
}

impl Task {
    /// Runs the task.
    pub fn run(self) {
        let mut state = 1_u32;
        for _ in 0..self.steps {
            state = black_box(state.wrapping_mul(747_796_405).wrapping_add(1));
        }
        if !self.wait.is_zero() {
            thread::sleep(self.wait);
        }
    }

    /// Measures how long it computes on a core of its own: the shortest of a few runs.
    pub fn computes(self) -> Duration {
        let alone = Self { wait: Duration::ZERO, ..self };
        let times = (0..20).map(|_| {
            let begun = Instant::now();
            alone.run();
            begun.elapsed()
        });
        times.min().unwrap_or_default()
    }

    /// Returns how many workers keep `cores` cores busy with such tasks, by the rule; `None` if they
    /// only wait, for then there is no bound.
    pub fn rule(self, cores: usize) -> Option<usize> {
        if self.steps == 0 {
            return None;
        }
        let ratio = self.wait.as_secs_f64() / self.computes().as_secs_f64();
        Some((cores as f64 * (1.0 + ratio)).round() as usize)
    }
}

/// Runs the tasks on pools of 1, 2, 4, … up to `limit` workers. The time is that of the quickest of
/// three runs, for other load only ever makes one longer; the counts are those of all three.
pub fn curve(
    task: Task,
    tasks: usize,
    limit: usize,
) -> impl Iterator<Item = Result<Point, BuildError>> {
    let sizes = std::iter::successors(Some(1), |workers| Some(workers * 2))
        .take_while(move |&size| size < limit);
    sizes.chain([limit]).map(move |workers| {
        let mut best = Point { workers, most: 0, run: 0, took: Duration::MAX };
        for _ in 0..3 {
            let Point { most, run, took, .. } = run(task, tasks, workers)?;
            best.most = best.most.max(most);
            best.run += run;
            best.took = best.took.min(took);
        }
        Ok(best)
    })
}

/// Runs the tasks on one pool.
pub fn run(task: Task, tasks: usize, workers: usize) -> Result<Point, BuildError> {
    let pool: ChannelPool = pool(workers)?;
    let (count, run, together) =
        (ThreadCount::default(), AtomicUsize::new(0), Barrier::new(workers + 1));
    let begun = pool.scope(|scope| {
        let starts = || {
            let _begun = count.enter();
            together.wait();
        };
        (0..workers).for_each(|_| drop(scope.spawn(starts)));
        together.wait();
        let begun = Instant::now();
        let runs = || {
            let _begun = count.enter();
            task.run();
            run.fetch_add(1, Relaxed);
        };
        (0..tasks).for_each(|_| drop(scope.spawn(runs)));
        begun
    });
    Ok(Point { workers, most: count.most(), run: run.into_inner(), took: begun.elapsed() })
}
