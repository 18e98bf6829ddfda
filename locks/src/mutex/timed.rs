//! To wait for a lock, but not for ever: not at all, or with a timeout.
//!
//! std's mutex has `try_lock`, and no lock with a timeout. `parking_lot`'s has one. std's condition
//! variable has a wait with a timeout, and that is enough to build one: [`TimedMutex`].

use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::scope;
use std::time::Duration;

use tracing::info_span;

use crate::scoped_threads::{self, finish, start};

/// Runs `body` on a thread t2 while t1 holds what `hold` returns; t1 drops it when t2 is done.
fn while_held<G, R: Send>(hold: impl FnOnce() -> G + Send, body: impl FnOnce() -> R + Send) -> R {
    let (holds, held) = channel();
    let (ends, ended) = channel::<()>();
    scope(|scope| {
        start(scope, "t1", move || {
            let _guard = hold();
            let _holds = info_span!("holds", what = "lock");
            // Neither failure matters: if t2 is gone, its panic is what is reported.
            let _ = holds.send(());
            let _ = ended.recv();
        });
        let waiter = start(scope, "t2", move || {
            let _ = held.recv();
            let _ends = ends;
            let _waits = info_span!("waits", what = "lock");
            body()
        });
        finish(waiter)
    })
}

/// Tries a lock that is held; returns at once whether it was acquired.
pub fn tried() -> bool {
    let lock = Mutex::new(());
    while_held(|| scoped_threads::lock(&lock), || lock.try_lock().is_ok())
}

/// Waits for `parking_lot`'s lock, which is held all the time, with a timeout; returns whether it
/// was acquired.
pub fn parking_lots(timeout: Duration) -> bool {
    let lock = parking_lot::Mutex::new(());
    while_held(|| lock.lock(), || lock.try_lock_for(timeout).is_some())
}

/// Waits for a [`TimedMutex`], which is held all the time, with a timeout; returns whether it was
/// acquired.
pub fn out_of_std(timeout: Duration) -> bool {
    let lock = TimedMutex::default();
    while_held(|| lock.try_lock_for(Duration::ZERO), || lock.try_lock_for(timeout).is_some())
}

/// A lock with a timeout, made of std's parts: the state is a bool under a mutex that is held for
/// an instant only, and the wait is the condition variable's.
///
/// ```
/// use std::time::Duration;
///
/// use locks::mutex::timed::TimedMutex;
///
/// let lock = TimedMutex::default();
/// let held = lock.try_lock_for(Duration::ZERO);
/// assert!(held.is_some());
/// assert!(lock.try_lock_for(Duration::from_millis(1)).is_none());
/// drop(held);
/// assert!(lock.try_lock_for(Duration::ZERO).is_some());
/// ```
///
/// # Relationship with std
/// Take [`Mutex`] unless you need the timeout; if you do, take `parking_lot`'s: to acquire this one
/// uncontended costs a lock and an unlock of std's, and to release it another.
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
