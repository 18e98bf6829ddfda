//! Two threads add to one value, each under a lock that is waited for by spinning.
//!
//! The two forms differ in how a thread that finds the lock free takes it: by one instruction that tests and sets, or by a
//! test and a set. In both, two threads try it once, at the same moment. The model checker runs that too, under every
//! schedule. The lock that holds is then waited for, which a model cannot follow to its end: there is a schedule for every number
//! of looks in vain. Loom, which knows when a look can bring nothing new, checks the waiting in the tests.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tracing::info_span;

use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::{lane, primitives, sync};

pub mod one_step;
pub mod two_steps;

/// Keeps two threads in a moment until both are in it: a window, widened in the open.
///
/// It is made of std for the model as well, where nothing has to be widened, since every schedule gets its turn.
#[derive(Clone, Debug, Default)]
pub struct Meeting(Option<std::sync::Arc<Place>>);

#[derive(Debug, Default)]
struct Place {
    come: Mutex<u32>,
    changed: Condvar,
}

/// A thread that waits longer will be alone for ever: the other one was kept out, or has failed.
const PATIENCE: Duration = Duration::from_secs(10);

impl Meeting {
    /// Keeps nobody.
    pub fn none() -> Self {
        Self(None)
    }

    /// Lets each of two go on when both have come, again and again.
    pub fn of_two() -> Self {
        Self(Some(std::sync::Arc::default()))
    }

    /// Waits for the other thread.
    ///
    /// # Blocking
    /// Until it has come; for 10 s at most.
    pub fn wait(&self) {
        let Some(place) = &self.0 else { return };
        let mut come = place.come.lock().unwrap_or_else(PoisonError::into_inner);
        *come += 1;
        place.changed.notify_all();
        let both = come.next_multiple_of(2);
        drop(place.changed.wait_timeout_while(come, PATIENCE, |come| *come < both));
    }
}

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How often someone took the lock, and added 1.
    pub entered: u32,
    /// How many were inside at once, at the most.
    pub most_inside: u32,
    /// The value at the end: as large as `entered`, unless an increment is lost.
    pub value: u32,
}

/// Counts who is inside, for the lesson to see: no part of any lock.
///
/// Relaxed: the counts are read when the threads have been joined, and each change is one operation. To go in and to come
/// out are steps of the model; to note it is none, so `entered` and `most` are std's there too.
#[derive(Debug)]
pub(super) struct Inside {
    now: AtomicU32,
    entered: std::sync::atomic::AtomicU32,
    most: std::sync::atomic::AtomicU32,
}

impl Inside {
    pub(super) fn new() -> Self {
        Self { now: AtomicU32::new(0), entered: 0.into(), most: 0.into() }
    }

    /// Counts this thread while `body` runs.
    pub(super) fn during<R>(&self, body: impl FnOnce() -> R) -> R {
        let _holds = info_span!("holds", what = "lock");
        self.entered.fetch_add(1, Relaxed);
        self.most.fetch_max(self.now.fetch_add(1, Relaxed) + 1, Relaxed);
        let result = body();
        self.now.fetch_sub(1, Relaxed);
        result
    }

    pub(super) fn done(&self, value: u32) -> Done {
        Done { entered: self.entered.load(Relaxed), most_inside: self.most.load(Relaxed), value }
    }
}
