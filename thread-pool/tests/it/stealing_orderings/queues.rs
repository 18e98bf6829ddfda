//! What stands for the workers' queues under Loom: a number of jobs for each, on which nothing else
//! is ordered, as nothing is on a deque's.

use super::Job;
use super::injector::Injector;
use super::sync::Arc;
use super::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The queues as all see them.
pub(super) struct Queues {
    pub(super) injector: Injector<Job>,
    owned: Vec<Arc<AtomicUsize>>,
}

/// A worker's own queue, as its owner sees it.
pub(super) struct LocalQueue(Arc<AtomicUsize>);

impl Queues {
    pub(super) fn new(workers: usize) -> (Self, Vec<LocalQueue>) {
        let owned: Vec<_> = (0..workers).map(|_| Arc::new(AtomicUsize::new(0))).collect();
        let own = owned.iter().map(|own| LocalQueue(Arc::clone(own))).collect();
        (Self { injector: Injector::new(), owned }, own)
    }

    pub(super) fn take_injected(&self, own: &LocalQueue) -> Option<Job> {
        let mut jobs = self.injector.take(Vec::new()).into_iter();
        let first = jobs.next();
        jobs.for_each(|job| own.push(job));
        first
    }

    pub(super) fn steal(&self, from: usize, _: &LocalQueue) -> Option<Job> {
        self.steal_one(from)
    }

    pub(super) fn steal_one(&self, from: usize) -> Option<Job> {
        LocalQueue(Arc::clone(&self.owned[from])).pop()
    }

    pub(super) fn has_any(&self, from: usize) -> bool {
        self.owned[from].load(Relaxed) > 0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.injector.is_empty() && (0..self.owned.len()).all(|from| !self.has_any(from))
    }

    pub(super) fn drain(&self) -> Vec<Job> {
        let own = self.owned.iter().flat_map(|own| (0..own.swap(0, Relaxed)).map(|_| Job(false)));
        self.injector.drain().into_iter().chain(own).collect()
    }
}

impl LocalQueue {
    pub(super) fn push(&self, _: Job) {
        self.0.fetch_add(1, Relaxed);
    }

    pub(super) fn pop(&self) -> Option<Job> {
        let less = |jobs: usize| jobs.checked_sub(1);
        self.0.fetch_update(Relaxed, Relaxed, less).is_ok().then_some(Job(false))
    }

    pub(super) fn len(&self) -> usize {
        self.0.load(Relaxed)
    }
}
