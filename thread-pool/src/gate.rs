//! How a moment of a lesson is made to last, in the open: tasks stand at a gate until what the
//! lesson is about has come about.

use std::sync::{Condvar, Mutex, PoisonError};

/// A gate that holds threads until it is opened, and none after that.
///
/// ```
/// use thread_pool::Gate;
///
/// let gate = Gate::default();
/// std::thread::scope(|scope| {
///     scope.spawn(|| gate.pass());
///     scope.spawn(|| gate.pass());
///     gate.until_waiting(2);
///     // Both have come, and neither goes on.
///     gate.open();
/// });
/// ```
///
/// Two conditions, or each arrival would wake all who have arrived.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    arrived: Condvar,
    opened: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: usize,
    open: bool,
}

impl Gate {
    /// Goes through the gate.
    ///
    /// # Blocking
    /// Until it is opened.
    pub fn pass(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting += 1;
        self.arrived.notify_one();
        drop(self.opened.wait_while(state, |state| !state.open));
    }

    /// Waits until `threads` threads have come to the gate; one thread at a time may call this.
    ///
    /// # Blocking
    /// Until then.
    pub fn until_waiting(&self, threads: usize) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.arrived.wait_while(state, |state| state.waiting < threads));
    }

    /// Opens the gate, for good.
    pub fn open(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open = true;
        self.opened.notify_all();
    }
}
