//! The global interpreter lock, made as `CPython` has made it since version 3.2 (Antoine Pitrou;
//! `Python/ceval_gil.c`).
//!
//! A thread that wants it waits for an interval. If no other thread has had it meanwhile, the waiting
//! one asks for it, and goes on waiting. The holder checks between opcodes whether it is asked; if
//! so, it releases the lock and waits *until another thread has acquired it*. Without that last step
//! it would mostly have it back before the other one has woken up.

use std::time::Duration;

use super::lane::{lock, wait};
use super::sync::atomic::{AtomicBool, Ordering::Relaxed};
use super::sync::{Condvar, Mutex, PoisonError};

/// A lock that its holder releases on request. It is fair in this one point, the hand-over; which of
/// several waiting threads gets it is not defined.
///
/// # Memory ordering
/// What the threads do under the lock is ordered by the mutex inside. The request is `Relaxed`:
/// seen an opcode later, it is as good. It is written, and read where it decides something, under
/// the mutex.
#[derive(Debug)]
pub struct Gil {
    state: Mutex<State>,
    /// The lock was released.
    free: Condvar,
    /// Another thread has acquired it.
    switched: Condvar,
    wanted: AtomicBool,
    interval: Option<Duration>,
}

#[derive(Debug)]
struct State {
    held: bool,
    /// The number of threads that wait: to notify without a waiter would be a system call all the same.
    waiting: usize,
    /// The thread that has it, or had it last.
    last: Option<usize>,
    switches: u64,
}

impl Gil {
    /// Returns a free lock. `interval` is how long a thread waits before it asks; `None`: it asks at
    /// once.
    pub const fn new(interval: Option<Duration>) -> Self {
        Self {
            state: Mutex::new(State { held: false, waiting: 0, last: None, switches: 0 }),
            free: Condvar::new(),
            switched: Condvar::new(),
            wanted: AtomicBool::new(false),
            interval,
        }
    }

    /// Acquires it for the thread number `me`.
    pub fn acquire(&self, me: usize) {
        let mut state = lock(&self.state);
        state.waiting += 1;
        while state.held {
            let switches = state.switches;
            if let Some(interval) = self.interval {
                let waited = self.free.wait_timeout(state, interval);
                let (again, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                state = again;
                // Had another one got it meanwhile, that one would have a right to its own
                // interval.
                if waited.timed_out() && state.held && state.switches == switches {
                    self.wanted.store(true, Relaxed);
                }
            } else {
                self.wanted.store(true, Relaxed);
                state = wait(&self.free, state);
            }
        }
        state.waiting -= 1;
        state.held = true;
        if state.last != Some(me) {
            state.switches += u64::from(state.last.is_some());
            state.last = Some(me);
            self.switched.notify_all();
        }
        // That settles the request of this thread. The others have an interval to wait for before
        // they ask, or ask for themselves again; without one, each has asked for good when it came,
        // and does not come back to ask.
        self.wanted.store(self.interval.is_none() && state.waiting > 0, Relaxed);
    }

    /// Returns whether another thread asks for it.
    pub fn wanted(&self) -> bool {
        self.wanted.load(Relaxed)
    }

    /// Releases it for the thread number `me`, which holds it.
    pub fn release(&self, me: usize) {
        let mut state = lock(&self.state);
        state.held = false;
        if state.waiting > 0 {
            self.free.notify_one();
        }
        if self.wanted.load(Relaxed) {
            while state.last == Some(me) {
                state = wait(&self.switched, state);
            }
        }
    }

    /// Returns how often it went from one thread to another.
    pub fn switches(&self) -> u64 {
        lock(&self.state).switches
    }
}
