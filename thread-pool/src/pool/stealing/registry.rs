//! What the workers and the submitters of a pool share: the queues, who sleeps, and whether the
//! pool is being stopped.

use super::Job;
use super::queues::{LocalQueue, Queues};
use super::sleep::{Look, Sleep};
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicBool, AtomicUsize, fence};
use super::sync::{Arc, Mutex, MutexGuard, PoisonError};
use super::worker::Worker;

/// What the workers and the submitters share.
pub(super) struct Registry {
    pub(super) queues: Queues,
    pub(super) sleep: Sleep,
    /// Nobody begins another job, except for whoever waits for one.
    stopped: AtomicBool,
    /// What was queued then. It is handed back, but for what is begun by those who wait.
    left: Mutex<Vec<Job>>,
    pub(super) tallies: Box<[Counted]>,
    /// Runs a job, whatever it does.
    pub(super) run: Box<dyn Fn(Job) + Send + Sync>,
}

/// Says what a worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Jobs that it has run.
    pub ran: usize,
    /// Jobs that it has taken from other workers.
    pub stolen: usize,
}

/// Written by its worker alone; a line of memory for each.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Counted {
    pub(super) ran: AtomicUsize,
    pub(super) stolen: AtomicUsize,
    /// Is held while the worker moves jobs from one queue to another: meanwhile they are in none.
    moving: Mutex<()>,
}

impl Counted {
    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    /// Makes what they share, and each worker's own queue.
    pub(super) fn new(
        workers: usize,
        run: Box<dyn Fn(Job) + Send + Sync>,
    ) -> (Arc<Self>, Vec<LocalQueue>) {
        let (queues, own) = Queues::new(workers);
        let tallies = (0..workers).map(|_| Counted::default()).collect();
        let (stopped, left) = (AtomicBool::new(false), Mutex::default());
        (Arc::new(Self { queues, sleep: Sleep::new(workers), stopped, left, tallies, run }), own)
    }

    /// Queues a job: with this worker, if this thread is one of the registry, and from outside
    /// otherwise. Not if it was closed: it is handed back.
    pub(super) fn queue(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        Worker::with(self, |worker| match worker {
            Some(worker) => worker.queue_one(job),
            None => self.queues.injector.push(job).map(|()| self.sleep.queued_under_lock()),
        })
    }

    /// Queues jobs, likewise.
    pub(super) fn queue_all(self: &Arc<Self>, jobs: Vec<Job>) -> Result<(), Vec<Job>> {
        Worker::with(self, |worker| match worker {
            Some(worker) => worker.queue(jobs),
            None => self.queues.injector.push_all(jobs).map(|()| self.sleep.queued_under_lock()),
        })
    }

    /// Takes nothing any more, and wakes all.
    pub(super) fn close(&self) {
        self.queues.injector.close();
        self.sleep.wake_all();
    }

    /// Takes nothing any more, lets nobody begin another job, and empties the queues. When this
    /// returns, no job is left in any of them, nor in the hands of a worker that was moving it, but
    /// for what is [stack_job](Worker::fork) by those who go on.
    ///
    /// # Blocking
    /// While a worker moves jobs, which calls nothing of anybody's.
    ///
    /// # Memory ordering
    /// The fence stands between the news and the look at the queues. Its partner is the fence of
    /// each worker that has [queued](Sleep::queued) something, which looks for the news after that:
    /// either the worker sees the news, or its jobs are found here. A worker that moves jobs does
    /// so under its lock: before this has had the lock, or it sees the news.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Release);
        self.close();
        fence(SeqCst);
        for tally in &self.tallies {
            drop(tally.lock());
        }
        self.left().extend(self.queues.drain());
        // While they were on their way, a worker that waits for one of them saw them nowhere.
        self.sleep.wake_all();
    }

    /// Returns what nobody has begun, and nobody will. The workers have ended; not so, if this
    /// thread is one.
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

    /// Says whether there is nothing to do; for who waits for a job, what is to be handed back is
    /// something.
    pub(super) fn is_idle(&self, waits: bool) -> bool {
        self.queues.is_empty() && !(waits && self.is_stopped() && !self.left().is_empty())
    }

    /// Looks before a worker sleeps. Who `waits` for a job does not end with the pool.
    pub(super) fn look(&self, waits: bool) -> Look {
        if !self.is_idle(waits) {
            Look::Work
        } else if !waits && self.queues.injector.is_at_its_end() {
            Look::End
        } else {
            Look::Nothing
        }
    }

    pub(super) fn tallies(&self) -> Vec<Tally> {
        // Relaxed: numbers that nothing follows from.
        let read = |tally: &Counted| Tally {
            ran: tally.ran.load(Relaxed),
            stolen: tally.stolen.load(Relaxed),
        };
        self.tallies.iter().map(read).collect()
    }
}
