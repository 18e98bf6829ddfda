//! A lock with a timeout: std's condition variable has one, and that is enough.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A lock with a timeout: its state is a bool under a mutex that is held for an instant only, and the
/// wait is the condition variable's.
///
/// ```
/// use std::time::Duration;
///
/// use locks::timed_mutex::TimedMutex;
///
/// let lock = TimedMutex::default();
/// let _held = lock.try_lock_for(Duration::ZERO);
/// assert!(lock.try_lock_for(Duration::from_millis(1)).is_none());
/// ```
///
/// # Relationship with std
/// Take [`std::sync::Mutex`] unless you need the timeout; if you do, take `parking_lot`'s: to acquire
/// this one uncontended costs a lock and an unlock of std's, and to release it another.
#[derive(Debug, Default)]
pub struct TimedMutex {
    taken: Mutex<bool>,
    released: Condvar,
}

/// A guard of a [`TimedMutex`], which releases it when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it guards nothing"]
pub struct TimedGuard<'a>(&'a TimedMutex);

impl TimedMutex {
    /// Makes a lock that no thread holds.
    pub const fn new() -> Self {
        Self { taken: Mutex::new(false), released: Condvar::new() }
    }

    /// Acquires the lock if it becomes free within `timeout`; `None` if it does not. It is not fair:
    /// a thread that comes when it has just been released overtakes those that wait.
    pub fn try_lock_for(&self, timeout: Duration) -> Option<TimedGuard<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.released.wait_timeout_while(taken, timeout, |taken| *taken);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // Free, whether the time was up or not.
        let free = !std::mem::replace(&mut *taken, true);
        free.then(|| TimedGuard(self))
    }
}

impl Drop for TimedGuard<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.released.notify_one();
    }
}
