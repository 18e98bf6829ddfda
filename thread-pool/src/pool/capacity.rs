//! The bound of a queue: how many jobs it has room for, and what becomes of one that finds none.
//!
//! The queue itself is not bounded, and may be many queues: what is counted is jobs that have not
//! begun, wherever they wait. So a bound, however large, takes no memory before there are jobs.

use std::sync::{Arc, Condvar, Mutex};

use kit::real::lane::{lock, wait};

use super::on_panic::OnPanic;
use crate::{Builder, Job, Reason, Rejected, WhenFull};

/// What decides whether a pool takes a job.
#[derive(Debug)]
pub(crate) struct Admission {
    bound: Option<(Arc<Capacity>, WhenFull)>,
    on_panic: OnPanic,
}

impl Admission {
    pub(crate) fn new(builder: &Builder) -> Self {
        let bound =
            builder.queue.map(|(bound, when_full)| (Arc::new(Capacity::new(bound)), when_full));
        Self { bound, on_panic: builder.on_panic.clone() }
    }

    /// Returns the count of what waits, if the queue has a bound.
    pub(crate) fn capacity(&self) -> Option<&Capacity> {
        self.bound.as_ref().map(|(capacity, _)| &**capacity)
    }

    /// Returns what a worker does with a job from the queue.
    pub(crate) fn run_queued(&self) -> impl Fn(Job) + Clone + Send + Sync + 'static {
        let capacity = self.bound.as_ref().map(|(capacity, _)| Arc::clone(capacity));
        let on_panic = self.on_panic.clone();
        move |job| {
            if let Some(capacity) = &capacity {
                capacity.release();
            }
            on_panic.run(job);
        }
    }

    /// Finds room for a job, and returns it if it is to be queued; `None` if it was run here.
    /// `blocked` waits for room, and returns whether it has found some.
    #[inline]
    pub(crate) fn admit(
        &self,
        job: Job,
        blocked: impl FnOnce(&Capacity) -> bool,
        is_closed: impl FnOnce() -> bool,
    ) -> Result<Option<Job>, Rejected> {
        match &self.bound {
            None => Ok(Some(job)),
            Some((capacity, when_full)) => {
                self.admit_bounded(capacity, *when_full, job, blocked, is_closed)
            }
        }
    }

    // Out of line: a submit to a queue without a bound is to be short.
    #[inline(never)]
    fn admit_bounded(
        &self,
        capacity: &Capacity,
        when_full: WhenFull,
        job: Job,
        blocked: impl FnOnce(&Capacity) -> bool,
        is_closed: impl FnOnce() -> bool,
    ) -> Result<Option<Job>, Rejected> {
        let admitted = match when_full {
            WhenFull::Block => blocked(capacity),
            WhenFull::Reject | WhenFull::RunInCaller => capacity.try_acquire(),
        };
        if admitted {
            return Ok(Some(job));
        }
        // So it is where a thread was `blocked` in vain: a pool closes its queue, then this count,
        // whose lock has made that visible.
        if is_closed() {
            return Err(Reason::ShutDown.hands_back(job));
        }
        if when_full == WhenFull::Reject {
            return Err(Reason::Full.hands_back(job));
        }
        self.on_panic.during(|| job.run());
        Ok(None)
    }

    /// Lets no thread wait for room any more.
    pub(crate) fn close(&self) {
        if let Some(capacity) = self.capacity() {
            lock(&capacity.state).closed = true;
            capacity.freed.notify_all();
        }
    }
}

/// A count of the jobs that wait, with a bound: a counting semaphore that can be closed.
#[derive(Debug)]
pub(crate) struct Capacity {
    bound: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: usize,
    /// Threads that are blocked until there is room. A notify that wakes none would be a system
    /// call, too.
    blocked: usize,
    closed: bool,
}

impl Capacity {
    fn new(bound: usize) -> Self {
        Self { bound, state: Mutex::default(), freed: Condvar::new() }
    }

    pub(crate) fn try_acquire(&self) -> bool {
        let mut state = lock(&self.state);
        let free = state.waiting < self.bound;
        state.waiting += usize::from(free);
        free
    }

    /// Waits for room for one job, and takes it; returns false once it is closed.
    pub(crate) fn acquire(&self) -> bool {
        let mut state = lock(&self.state);
        while state.waiting >= self.bound && !state.closed {
            state.blocked += 1;
            state = wait(&self.freed, state);
            state.blocked -= 1;
        }
        state.waiting += usize::from(!state.closed);
        !state.closed
    }

    /// Takes room for one job on a worker, which makes it itself by running others, for all other
    /// workers may be waiting for room as well; returns false once the pool is closed.
    pub(crate) fn make_room(&self, is_closed: impl Fn() -> bool, run_one: impl Fn()) -> bool {
        while !self.try_acquire() {
            if is_closed() {
                return false;
            }
            run_one();
        }
        true
    }

    pub(crate) fn release(&self) {
        let mut state = lock(&self.state);
        state.waiting -= 1;
        let blocked = state.blocked > 0;
        drop(state);
        if blocked {
            self.freed.notify_one();
        }
    }

    pub(crate) fn waiting(&self) -> usize {
        lock(&self.state).waiting
    }
}
