//! How much room a bounded queue has left.
//!
//! The queue is many queues, none of which is bounded: what is counted is jobs that nobody has begun, wherever they wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts the jobs that wait.
#[derive(Debug)]
pub(super) struct Room {
    bound: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: usize,
    closed: bool,
}

impl Room {
    pub(super) fn new(bound: usize) -> Self {
        Self { bound, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Takes room for one job, if there is some.
    pub(super) fn try_take(&self) -> bool {
        let mut state = self.lock();
        let free = state.waiting < self.bound;
        state.waiting += usize::from(free);
        free
    }

    /// Takes room for one job; not once it is closed.
    ///
    /// # Blocking
    /// Until there is some, or it is closed.
    pub(super) fn take(&self) -> bool {
        let full = |state: &mut State| state.waiting >= self.bound && !state.closed;
        let mut state = self.freed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        state.waiting += usize::from(!state.closed);
        !state.closed
    }

    /// Gives back the room of one job.
    pub(super) fn give_back(&self) {
        self.lock().waiting -= 1;
        self.freed.notify_one();
    }

    /// Says how many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// Lets nobody wait for room any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.freed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
