//! A counter of arrivals at which threads wait for each other: it widens a window between two
//! threads' steps, in the open.
//!
//! For the model checker nothing has to be widened: a disabled sync point waits for nothing, and
//! every schedule gets its turn.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The longest wait. What is awaited after that will not come: the run has failed already, and has
/// to end to say so.
const PATIENCE: Duration = Duration::from_secs(10);

/// A counter of arrivals, and the threads that wait for it.
///
/// ```
/// use locks::SyncPoint;
///
/// let point = SyncPoint::new();
/// std::thread::scope(|scope| {
///     scope.spawn(|| point.arrive());
///     point.wait_for(1); // Until the other thread has arrived.
/// });
/// SyncPoint::disabled().wait_for(1); // Waits for nothing.
/// ```
#[derive(Debug)]
pub struct SyncPoint {
    enabled: bool,
    arrivals: Mutex<u32>,
    changed: Condvar,
}

impl SyncPoint {
    /// Makes a sync point without arrivals.
    pub const fn new() -> Self {
        Self { enabled: true, arrivals: Mutex::new(0), changed: Condvar::new() }
    }

    /// Makes a sync point at which no thread waits.
    pub const fn disabled() -> Self {
        Self { enabled: false, ..Self::new() }
    }

    /// Counts an arrival.
    pub fn arrive(&self) {
        if self.enabled {
            *self.arrivals.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            self.changed.notify_all();
        }
    }

    /// Waits until there were `arrivals` arrivals since the beginning.
    ///
    /// # Blocking
    /// Until then, and at most for 10 s.
    pub fn wait_for(&self, arrivals: u32) {
        self.wait_for_at_most(arrivals, PATIENCE);
    }

    /// Waits as [`wait_for`](Self::wait_for) does, with a timeout: for arrivals that must not come.
    pub fn wait_for_at_most(&self, arrivals: u32, timeout: Duration) {
        if self.enabled {
            let now = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.changed.wait_timeout_while(now, timeout, |now| *now < arrivals));
        }
    }

    /// Arrives and waits for the other one of two threads, again and again.
    ///
    /// # Blocking
    /// Until the other thread has arrived, and at most for 10 s.
    pub fn meet(&self) {
        if self.enabled {
            let mut now = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            *now += 1;
            self.changed.notify_all();
            let both = now.next_multiple_of(2);
            drop(self.changed.wait_timeout_while(now, PATIENCE, |now| *now < both));
        }
    }

    /// Returns whether threads wait here: whether the run is a real one, with something to see.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }
}

impl Default for SyncPoint {
    fn default() -> Self {
        Self::new()
    }
}
