//! Where jobs wait: a deque for each worker, and an injector that all share, for jobs from outside.
//!
//! # Source
//! A worker's own queue is the deque of Chase and Lev ("Dynamic Circular Work-Stealing Deque",
//! 2005) from `crossbeam-deque`: its owner pushes and pops at one end without contention;
//! thieves take from the other, where the oldest jobs are, which in a recursion are the largest.

use std::cell::Cell;

use crossbeam_deque::{Steal, Stealer, Worker};

use super::injector::Injector;
use crate::Job;

/// The most jobs that are stolen at once.
const BATCH: usize = 32;

/// The queues as every thread sees them.
#[derive(Debug)]
pub(super) struct Queues {
    pub(super) injector: Injector<Job>,
    stealers: Box<[Stealer<Job>]>,
}

/// A worker's own queue, as its owner sees it.
pub(super) struct LocalQueue {
    deque: Worker<Job>,
    /// The empty buffer that it exchanges for a chunk of jobs.
    empty: Cell<Vec<Job>>,
}

impl Queues {
    pub(super) fn new(workers: usize) -> (Self, Vec<LocalQueue>) {
        let own: Vec<_> = (0..workers).map(|_| Worker::new_lifo()).collect();
        let stealers = own.iter().map(Worker::stealer).collect();
        let own = own.into_iter().map(|deque| LocalQueue { deque, empty: Cell::default() });
        (Self { injector: Injector::new(), stealers }, own.collect())
    }

    /// Takes the oldest jobs from outside: the first to be done, the others for the worker's own
    /// queue, where others may steal them.
    pub(super) fn take_injected(&self, own: &LocalQueue) -> Option<Job> {
        let mut taken = self.injector.take(own.empty.take());
        let mut jobs = taken.drain(..);
        let first = jobs.next();
        // Its owner takes the last one first.
        jobs.rev().for_each(|job| own.push(job));
        own.empty.set(taken);
        first
    }

    /// Takes the oldest job of worker `from`, and moves some that come next, half of what is there
    /// at most.
    pub(super) fn steal(&self, from: usize, own: &LocalQueue) -> Option<Job> {
        sure(|| self.stealers[from].steal_batch_with_limit_and_pop(&own.deque, BATCH))
    }

    pub(super) fn steal_one(&self, from: usize) -> Option<Job> {
        sure(|| self.stealers[from].steal())
    }

    /// Returns whether worker `from` seems to have jobs.
    pub(super) fn has_any(&self, from: usize) -> bool {
        !self.stealers[from].is_empty()
    }

    /// Returns how many jobs wait; a guess, while others queue and take.
    pub(super) fn len(&self) -> usize {
        self.injector.len() + self.stealers.iter().map(Stealer::len).sum::<usize>()
    }

    /// Returns whether no job waits. One that is being moved may be missed: the worker that moves it
    /// wakes another for it, if need be.
    pub(super) fn is_empty(&self) -> bool {
        self.injector.is_empty() && self.stealers.iter().all(Stealer::is_empty)
    }

    pub(super) fn drain(&self) -> Vec<Job> {
        let own = self.stealers.iter().flat_map(|own| std::iter::from_fn(|| sure(|| own.steal())));
        self.injector.drain().into_iter().chain(own).collect()
    }
}

impl LocalQueue {
    pub(super) fn push(&self, job: Job) {
        self.deque.push(job);
    }

    pub(super) fn pop(&self) -> Option<Job> {
        self.deque.pop()
    }

    pub(super) fn len(&self) -> usize {
        self.deque.len()
    }
}

/// Retries while another thread was faster.
fn sure(mut steal: impl FnMut() -> Steal<Job>) -> Option<Job> {
    loop {
        match steal() {
            Steal::Success(job) => return Some(job),
            Steal::Empty => return None,
            Steal::Retry => {}
        }
    }
}
