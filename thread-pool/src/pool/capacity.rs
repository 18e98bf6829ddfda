//! How much room a bounded queue has left.
//!
//! The queue itself is not bounded, and may be many queues: what is counted is jobs that nobody has
//! begun, wherever they wait. So a bound, however large, takes no memory before there are jobs.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts the jobs that wait.
#[derive(Debug)]
pub(crate) struct Capacity {
    bound: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: usize,
    /// Threads that are blocked until there is room. To wake nobody would be a system call, too.
    blocked: usize,
    closed: bool,
}

impl Capacity {
    pub(crate) fn new(bound: usize) -> Self {
        Self { bound, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Takes room for one job, if there is some.
    pub(crate) fn try_take(&self) -> bool {
        let mut state = self.lock();
        let free = state.waiting < self.bound;
        state.waiting += usize::from(free);
        free
    }

    /// Takes room for one job; not once it is closed.
    ///
    /// # Blocking
    /// Until there is some, or it is closed.
    pub(crate) fn take(&self) -> bool {
        let mut state = self.lock();
        while state.waiting >= self.bound && !state.closed {
            state.blocked += 1;
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.blocked -= 1;
        }
        state.waiting += usize::from(!state.closed);
        !state.closed
    }

    /// Gives back the room of one job.
    pub(crate) fn give_back(&self) {
        let mut state = self.lock();
        state.waiting -= 1;
        let blocked = state.blocked > 0;
        drop(state);
        if blocked {
            self.freed.notify_one();
        }
    }

    /// Says how many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// Lets nobody wait for room any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.freed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
