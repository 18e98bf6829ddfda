//! Where jobs wait: a queue of each worker's own, and one that all share, for jobs from outside.
//!
//! # Source
//! A worker's own queue is the deque of Chase and Lev ("Dynamic Circular Work-Stealing Deque", 2005) from `crossbeam-deque`: its owner pushes and
//! pops at one end and meets nobody there; thieves take from the other, where the oldest jobs are, which in a recursion are the largest.

use crossbeam_deque::{Injector, Steal, Stealer, Worker};

use crate::Job;

/// At most so many jobs are taken at once: enough for one trip to the shared queue to cost little for each, few enough to leave others some.
const BATCH: usize = 32;

/// The queues as all see them.
#[derive(Debug)]
pub(super) struct Queues {
    injector: Injector<Job>,
    stealers: Box<[Stealer<Job>]>,
}

/// A worker's own queue, as its owner sees it.
#[derive(Debug)]
pub(super) struct Own(Worker<Job>);

impl Queues {
    /// Makes them, and each worker's own.
    pub(super) fn new(workers: usize) -> (Self, Vec<Own>) {
        let own: Vec<_> = (0..workers).map(|_| Worker::new_lifo()).collect();
        let stealers = own.iter().map(Worker::stealer).collect();
        (Self { injector: Injector::new(), stealers }, own.into_iter().map(Own).collect())
    }

    /// Queues a job from outside.
    pub(super) fn inject(&self, job: Job) {
        self.injector.push(job);
    }

    /// Takes the oldest job from outside, and moves some that come next to a worker's own queue.
    pub(super) fn take_injected(&self, own: &Own) -> Option<Job> {
        sure(|| self.injector.steal_batch_with_limit_and_pop(&own.0, BATCH))
    }

    /// Takes the oldest job of worker `from`, and moves some that come next, half of what is there at most.
    pub(super) fn steal(&self, from: usize, own: &Own) -> Option<Job> {
        sure(|| self.stealers[from].steal_batch_with_limit_and_pop(&own.0, BATCH))
    }

    /// Says how many jobs wait. While others queue and take, it is a guess.
    pub(super) fn len(&self) -> usize {
        self.injector.len() + self.stealers.iter().map(Stealer::len).sum::<usize>()
    }

    /// Says whether no job waits. One that is being moved may be overlooked: who moves it wakes somebody for it, if need be.
    pub(super) fn is_empty(&self) -> bool {
        self.injector.is_empty() && self.stealers.iter().all(Stealer::is_empty)
    }

    /// Takes all jobs that wait.
    pub(super) fn drain(&self) -> Vec<Job> {
        let injected = std::iter::from_fn(|| sure(|| self.injector.steal()));
        let own = self.stealers.iter().flat_map(|own| std::iter::from_fn(|| sure(|| own.steal())));
        injected.chain(own).collect()
    }
}

impl Own {
    /// Queues a job of the owner.
    pub(super) fn push(&self, job: Job) {
        self.0.push(job);
    }

    /// Takes the job that was queued last.
    pub(super) fn pop(&self) -> Option<Job> {
        self.0.pop()
    }

    /// Says how many jobs wait in it.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Tries again for as long as somebody else was faster.
fn sure(mut steal: impl FnMut() -> Steal<Job>) -> Option<Job> {
    loop {
        match steal() {
            Steal::Success(job) => return Some(job),
            Steal::Empty => return None,
            Steal::Retry => {}
        }
    }
}
