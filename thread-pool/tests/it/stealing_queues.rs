//! What stands for the workers' queues under Shuttle and under Loom, which know nothing of
//! crossbeam's deques: the same queues, each behind a lock. Shuttle's orders its threads; for Loom it
//! is std's, which Loom does not see: nothing else is ordered by it, as nothing is by a deque.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use super::injector::Injector;
use super::{Job, QueueLock};

type Queue = QueueLock<VecDeque<Job>>;

/// As the library has it.
#[allow(dead_code, reason = "under Loom no job waits")]
pub(super) trait Helper {
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool);
}

/// All threads of a model are one thread of the system: a job asks its worker itself.
pub(super) fn with_helper(_: Rc<dyn Helper>, work: impl FnOnce()) {
    work();
}

/// One look too many is as much as a model needs.
pub(super) const ROUNDS: usize = 0;
pub(super) const ROUNDS_OF_A_WAIT: usize = 0;

/// The queues as all see them.
pub(super) struct Queues {
    pub(super) injector: Injector<Job>,
    owned: Vec<Arc<Queue>>,
}

/// A worker's own queue, as its owner sees it.
pub(super) struct LocalQueue(Arc<Queue>);

impl Queues {
    pub(super) fn new(workers: usize) -> (Self, Vec<LocalQueue>) {
        let owned: Vec<_> = (0..workers).map(|_| Arc::new(Queue::new(VecDeque::new()))).collect();
        let own = owned.iter().map(|own| LocalQueue(Arc::clone(own))).collect();
        (Self { injector: Injector::new(), owned }, own)
    }

    pub(super) fn take_injected(&self, own: &LocalQueue) -> Option<Job> {
        let mut jobs = self.injector.take(Vec::new()).into_iter();
        let first = jobs.next();
        jobs.rev().for_each(|job| own.push(job));
        first
    }

    pub(super) fn steal(&self, from: usize, own: &LocalQueue) -> Option<Job> {
        half(&self.owned[from], own)
    }

    pub(super) fn steal_one(&self, from: usize) -> Option<Job> {
        locked(&self.owned[from], VecDeque::pop_front)
    }

    pub(super) fn has_any(&self, from: usize) -> bool {
        locked(&self.owned[from], |jobs| !jobs.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.injector.is_empty() && self.owned.iter().all(|own| locked(own, |jobs| jobs.is_empty()))
    }

    pub(super) fn drain(&self) -> Vec<Job> {
        let own = self.owned.iter().flat_map(|own| locked(own, std::mem::take));
        self.injector.drain().into_iter().chain(own).collect()
    }
}

impl LocalQueue {
    pub(super) fn push(&self, job: Job) {
        locked(&self.0, |jobs| jobs.push_back(job));
    }

    pub(super) fn pop(&self) -> Option<Job> {
        locked(&self.0, VecDeque::pop_back)
    }

    pub(super) fn len(&self) -> usize {
        locked(&self.0, |jobs| jobs.len())
    }
}

/// Takes the oldest, and moves the others of the older half. In between they are in no queue, as
/// with the real ones.
fn half(from: &Queue, own: &LocalQueue) -> Option<Job> {
    let mut taken = locked(from, |jobs| {
        let half = jobs.len().div_ceil(2);
        jobs.drain(..half).collect::<VecDeque<_>>()
    });
    let first = taken.pop_front();
    if !taken.is_empty() {
        // Its owner takes the last one first.
        locked(&own.0, |jobs| jobs.extend(taken.into_iter().rev()));
    }
    first
}

fn locked<R>(queue: &Queue, what: impl FnOnce(&mut VecDeque<Job>) -> R) -> R {
    what(&mut queue.lock().expect("nobody panics with it"))
}
