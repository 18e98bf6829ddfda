//! A pool with a queue for each worker: who has nothing left to do takes from the others.
//!
//! A job that a worker submits goes to its own queue, where it meets nobody; one from outside goes
//! to a queue that all share, from which a worker takes several at once. A worker without work
//! first takes from the shared queue, then from the others' queues, then looks about for a moment,
//! and then sleeps. `stealing/sleep.rs` says why nobody sleeps while a job waits,
//! `stealing/worker.rs` who takes what from where, `stealing/registry.rs` how it is stopped.
//!
//! A worker that waits for a [`Handle`](crate::Handle) runs other jobs of its pool meanwhile, so
//! that jobs may wait for jobs (lesson `nested`).
//!
//! # When not
//! Jobs are not begun in the order of their submission. A job that waits may find another one on
//! top of its own stack, and does not go on before that one has ended; nor does it give back a lock
//! that it holds meanwhile. If one after the other shall be done, take one worker and a channel.

use std::sync::Arc;
use std::{fmt, sync, thread, thread_local};

use super::block_on::{Helper, with_helper};
use super::capacity::Capacity;
use super::cell;
use super::runner::Runner;
use super::threads::Threads;
use crate::pool::one_by_one;
use crate::{Build, BuildError, Builder, Job, Pool, Reason, Rejected, WhenFull};

mod injector;
mod join;
mod queues;
mod registry;
mod sleep;
mod stack_job;
mod worker;

use registry::Registry;
use worker::Worker;

pub use registry::Tally;

/// Each worker has a queue of some KiB before a thread is started: as many as rayon allows.
const MOST_WORKERS: usize = 65_535;

/// So often a worker looks for work in vain before it sleeps.
const ROUNDS: usize = 6;

/// Passes the time between two looks: whoever submits may need the core.
fn pause() {
    thread::yield_now();
}

/// Runs jobs on threads that have a queue each, and take from each other.
///
/// ```
/// use thread_pool::{Builder, Pool, StealingPool};
///
/// let pool: StealingPool = Builder::new().workers(2).build()?;
/// assert_eq!(pool.submit(|| 6 * 7)?.wait()?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StealingPool {
    registry: Arc<Registry>,
    room: Option<(Arc<Capacity>, WhenFull)>,
    runner: Runner,
    threads: Threads,
    workers: usize,
}

impl Build for StealingPool {
    fn build(builder: Builder) -> Result<Self, BuildError> {
        builder.at_most(MOST_WORKERS)?;
        let (runner, workers) = (builder.runner(), builder.workers);
        let room =
            builder.queue.map(|(bound, when_full)| (Arc::new(Capacity::new(bound)), when_full));
        let (begun, runs) = (room.as_ref().map(|(room, _)| Arc::clone(room)), runner.clone());
        let run = move |job| {
            if let Some(room) = &begun {
                room.give_back();
            }
            runs.run(job);
        };
        let (registry, own) = Registry::new(workers, Box::new(run));
        let mut own = own.into_iter();
        let threads = builder.start_all(|number| {
            let (registry, own) =
                (Arc::clone(&registry), own.next().expect("there is one for each"));
            move || Worker::work(registry, number - 1, own)
        });
        let (threads, refused) =
            threads.map_or_else(|(few, refused)| (few, Some(refused)), |all| (all, None));
        let pool = Self { registry, room, runner, threads, workers };
        // If too few were started, the pool is dropped here, and with it they are ended.
        refused.map_or(Ok(pool), Err)
    }
}

impl StealingPool {
    /// Says what each worker has done so far.
    pub fn tallies(&self) -> Vec<Tally> {
        self.registry.tallies()
    }

    /// Finds room for a job, or does what is to be done if there is none; hands it back if it is to
    /// be queued.
    fn admit(&self, job: Job) -> Result<Option<Job>, Rejected> {
        let Some((room, when_full)) = &self.room else { return Ok(Some(job)) };
        let admitted = match when_full {
            WhenFull::Block => Worker::with(&self.registry, |worker| {
                let Some(worker) = worker else { return room.take() };
                // It makes room itself: all others may be waiting for room as well.
                loop {
                    if room.try_take() {
                        break true;
                    }
                    if self.registry.queues.injector.is_closed() {
                        break false;
                    }
                    worker.help();
                }
            }),
            WhenFull::Reject | WhenFull::RunInCaller => room.try_take(),
        };
        if admitted {
            return Ok(Some(job));
        }
        if self.registry.queues.injector.is_closed() {
            return Err(Reason::ShutDown.hands_back(job));
        }
        if *when_full == WhenFull::Reject {
            return Err(Reason::Full.hands_back(job));
        }
        self.runner.run_in_caller(job);
        Ok(None)
    }

    fn close_room(&self) {
        if let Some((room, _)) = &self.room {
            room.close();
        }
    }
}

impl Pool for StealingPool {
    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let Some(job) = self.admit(job)? else { return Ok(()) };
        self.registry.queue(job).map_err(|job| Reason::ShutDown.hands_back(job))
    }

    /// Queues them in one go, if there is no bound: one wake-up does for all, for who is woken
    /// wakes the next.
    fn execute_all(&self, jobs: Vec<Job>) -> Result<(), Vec<Rejected>> {
        if self.room.is_some() {
            return one_by_one(self, jobs);
        }
        let hand_back =
            |jobs: Vec<_>| jobs.into_iter().map(|job| Reason::ShutDown.hands_back(job)).collect();
        self.registry.queue_all(jobs).map_err(hand_back)
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn queued(&self) -> usize {
        match &self.room {
            // As it decides who finds room: a job on its way to a worker is in no queue, and still
            // has its room.
            Some((room, _)) if !self.registry.queues.injector.is_closed() => room.waiting(),
            _ => self.registry.queues.len(),
        }
    }

    fn shutdown(&self) {
        self.registry.close();
        self.close_room();
        self.threads.join();
    }

    /// As for any pool. But a job that waits for another one goes on to run others until that one
    /// is done: it would never end otherwise.
    ///
    /// The half of a [`join`](Self::join) that nobody has begun is not handed back: the thread that
    /// waits for it calls it.
    fn shutdown_now(&self) -> Vec<Job> {
        self.registry.stop();
        self.close_room();
        self.threads.join();
        let mut back = self.registry.rest();
        // Dropped, it is over, of which the thread that waits for it is told. Handed back, it could
        // be forgotten.
        back.retain(|job| !job.is_stacked());
        back
    }
}

impl Drop for StealingPool {
    /// Shuts it down.
    ///
    /// # Blocking
    /// As long as the jobs take.
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl fmt::Debug for StealingPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StealingPool").field("workers", &self.workers).finish_non_exhaustive()
    }
}
