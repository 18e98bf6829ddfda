//! A work-stealing pool: a deque for each worker, from which idle workers steal.
//!
//! A job that a worker submits goes to its own deque, without contention; one from outside goes to
//! the injector, a queue that all share and from which a worker takes a batch. A worker without work
//! looks into the injector, then steals from the others' deques, spins for a few rounds, and parks.
//! `sleep.rs` says why no worker parks while a job waits, `worker.rs` which queue comes first,
//! `registry.rs` how the pool is stopped.
//!
//! A worker that waits for a [`Handle`](crate::Handle) runs other jobs of its pool meanwhile (a
//! helping join), so that jobs may wait for jobs (lesson `nested`); a lock that it holds stays held
//! meanwhile. Jobs do not begin in the order of submission.

use std::sync::Arc;
use std::{fmt, sync, thread, thread_local};

use super::block_on::{Helper, with_helper};
use super::capacity::{Admission, Capacity};
use super::cell;
use super::threads::Threads;
use super::{all_or, one_by_one};
use crate::{BuildError, Builder, Job, Pool, Reason, Rejected};

mod injector;
mod join;
mod queues;
mod registry;
mod sleep;
mod stack_job;
mod worker;

use registry::Registry;
use worker::Worker;

/// The rounds in which a worker looks for work in vain before it parks.
const ROUNDS: usize = 6;

/// The same for a worker that waits for a job: as a rule, the other half of a fork, which is
/// running and soon over. On an AMD EPYC they take some 70 µs, and being woken takes 20 to 50:
/// where they are in vain, the wait has become little longer.
const ROUNDS_OF_A_WAIT: usize = 150;

/// Yields between two rounds: a submitter may need the core.
fn pause() {
    thread::yield_now();
}

/// A pool of threads that have a deque each, and steal from each other.
pub struct StealingPool {
    registry: Arc<Registry>,
    admission: Admission,
    threads: Threads,
}

impl StealingPool {
    /// Returns the number of jobs that each worker has stolen from others so far.
    pub fn stolen(&self) -> Vec<usize> {
        self.registry.stolen()
    }

    fn is_closed(&self) -> bool {
        self.registry.queues.injector.is_closed()
    }
}

impl Pool for StealingPool {
    fn build(builder: Builder) -> Result<Self, BuildError> {
        let admission = Admission::new(&builder);
        let (registry, own) = Registry::new(builder.workers, Box::new(admission.run_queued()));
        let mut own = own.into_iter();
        let (threads, refused) = builder.start_all(|number| {
            let (registry, own) = (Arc::clone(&registry), own.next().expect("there is one each"));
            move || Worker::work(registry, number - 1, own)
        });
        let pool = Self { registry, admission, threads };
        // If too few were started, the pool is dropped here, which ends those.
        refused.map_or(Ok(pool), Err)
    }

    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let blocked = |capacity: &Capacity| {
            Worker::with(&self.registry, |worker| match worker {
                Some(worker) => capacity.make_room(|| self.is_closed(), || worker.help()),
                None => capacity.acquire(),
            })
        };
        let admitted = self.admission.admit(job, blocked, || self.is_closed());
        let Some(job) = admitted? else { return Ok(()) };
        self.registry.queue(job).map_err(|job| Reason::ShutDown.hands_back(job))
    }

    fn execute_all(&self, jobs: Vec<Job>) -> Result<(), Vec<Rejected>> {
        let is_worker = Worker::with(&self.registry, |worker| worker.is_some());
        if is_worker || self.admission.capacity().is_some() {
            return one_by_one(self, jobs);
        }
        let back = self.registry.queue_all(jobs);
        all_or(back.into_iter().map(|job| Reason::ShutDown.hands_back(job)).collect())
    }

    fn queued(&self) -> usize {
        match self.admission.capacity() {
            // The number that decides: a job on its way to a worker is in no queue, and still has
            // its room.
            Some(capacity) if !self.is_closed() => capacity.waiting(),
            _ => self.registry.queues.len(),
        }
    }

    fn shutdown(&self) {
        self.registry.close();
        self.admission.close();
        self.threads.join();
    }

    /// As for any pool, but a job that waits for another one runs others until that one is done. The
    /// half of a [`join`](Self::join) that has not begun is called by the thread that waits for it.
    fn shutdown_now(&self) -> Vec<Job> {
        self.registry.stop();
        self.admission.close();
        self.threads.join();
        let mut back = self.registry.rest();
        // Dropped, such a job is over, which wakes the thread that waits for it. Handed back, it
        // could be forgotten.
        back.retain(|job| !job.is_stacked());
        back
    }
}

impl Drop for StealingPool {
    /// Shuts it down, and so blocks until the jobs are done.
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl fmt::Debug for StealingPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StealingPool").finish_non_exhaustive()
    }
}
