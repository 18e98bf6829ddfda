//! What the workers and the submitters of a pool share: the queues, which workers are parked, and
//! whether the pool is being stopped.

use super::Job;
use super::queues::{LocalQueue, Queues};
use super::sleep::Sleep;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicBool, AtomicUsize, fence};
use super::sync::{Arc, Mutex, MutexGuard, PoisonError};
use super::worker::Worker;

/// The state that the workers and the submitters share.
pub(super) struct Registry {
    pub(super) queues: Queues,
    pub(super) sleep: Sleep,
    /// Whether no worker begins another job, except for one that waits for a job.
    stopped: AtomicBool,
    /// What was queued then. It is handed back, but for what workers that wait begin.
    left: Mutex<Vec<Job>>,
    pub(super) counters: Box<[Counters]>,
    /// Runs a job, whatever it does.
    pub(super) run: Box<dyn Fn(Job) + Send + Sync>,
}

/// A worker's counters, written by it alone; a cache line for each.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Counters {
    /// The jobs that it has run.
    pub(super) ran: AtomicUsize,
    /// The jobs that it has stolen.
    pub(super) stolen: AtomicUsize,
    /// Held while the worker moves jobs from one queue to another: meanwhile they are in none.
    moving: Mutex<()>,
}

impl Counters {
    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    pub(super) fn new(
        workers: usize,
        run: Box<dyn Fn(Job) + Send + Sync>,
    ) -> (Arc<Self>, Vec<LocalQueue>) {
        let (queues, own) = Queues::new(workers);
        let counters = (0..workers).map(|_| Counters::default()).collect();
        let (stopped, left) = (AtomicBool::new(false), Mutex::default());
        (Arc::new(Self { queues, sleep: Sleep::new(workers), stopped, left, counters, run }), own)
    }

    /// Queues a job: in this worker's deque, if this thread is one of the pool's workers, else in
    /// the injector. Hands it back once the pool is closed.
    pub(super) fn queue(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        Worker::with(self, |worker| match worker {
            Some(worker) => worker.queue(job),
            None => self.queues.injector.push(job).map(|()| self.sleep.wake_if_nobody_looks()),
        })
    }

    /// Queues jobs from outside in the injector, a chunk at a time. Returns those that it did not take,
    /// since the pool was closed.
    pub(super) fn queue_all(&self, jobs: Vec<Job>) -> Vec<Job> {
        let mut jobs = jobs.into_iter();
        while jobs.len() > 0 && self.queues.injector.push_chunk(&mut jobs) {
            self.sleep.wake_if_nobody_looks();
        }
        jobs.collect()
    }

    /// Takes no more jobs, and wakes all workers.
    pub(super) fn close(&self) {
        self.queues.injector.close();
        self.sleep.wake_all();
    }

    /// Takes no more jobs, lets no worker begin another, and empties the queues. When this returns,
    /// no job is left in any of them, nor in the hands of a worker that was moving it, but for what
    /// is [forked](Worker::fork) by workers that go on.
    ///
    /// # Memory ordering
    /// The fence stands between the store to `stopped` and the look at the queues. Its partner is
    /// the fence of each worker that has [queued](Sleep::queued) something and then loads `stopped`:
    /// either the worker sees it set, or its jobs are found here. A worker that moves jobs does so
    /// under its lock: before this acquires that lock, or it sees `stopped` set.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Release);
        self.close();
        fence(SeqCst);
        for counters in &self.counters {
            drop(counters.lock());
        }
        self.left().extend(self.queues.drain());
        // While they were on their way, a worker that waits for one of them saw them nowhere.
        self.sleep.wake_all();
    }

    /// Returns the jobs that never began. The workers have ended; not so, if this thread is one.
    pub(super) fn rest(&self) -> Vec<Job> {
        let left = std::mem::take(&mut *self.left());
        left.into_iter().chain(self.queues.drain()).collect()
    }

    pub(super) fn left(&self) -> MutexGuard<'_, Vec<Job>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Acquire)
    }

    /// Returns whether there is no job to run; a worker that waits may also run what is to be handed
    /// back.
    pub(super) fn is_idle(&self, waits: bool) -> bool {
        self.queues.is_empty() && !(waits && self.is_stopped() && !self.left().is_empty())
    }

    /// Returns whether the pool is closed, and no job is left.
    pub(super) fn is_at_its_end(&self) -> bool {
        self.queues.injector.is_closed() && self.queues.is_empty()
    }

    /// Returns how many jobs each worker has stolen from others. Relaxed: statistics, on which
    /// nothing else is ordered.
    pub(super) fn stolen(&self) -> Vec<usize> {
        self.counters.iter().map(|counters| counters.stolen.load(Relaxed)).collect()
    }
}
