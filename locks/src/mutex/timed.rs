//! To wait for a lock, but not for ever: not at all, or for some time.
//!
//! std's mutex has `try_lock`, and no lock with a time limit. `parking_lot`'s has one. std's
//! condition variable can wait for some time, and that is enough to build one: [`TimedMutex`].

use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::scope;
use std::time::Duration;

use tracing::info_span;

use crate::scoped::{self, finish, start};

/// Runs `body` on a thread t2 while t1 holds what `hold` returns; t1 gives it back when t2 is done.
fn while_held<G, R: Send>(hold: impl FnOnce() -> G + Send, body: impl FnOnce() -> R + Send) -> R {
    let (holds, held) = channel();
    let (ends, ended) = channel::<()>();
    scope(|scope| {
        start(scope, "t1", move || {
            let _guard = hold();
            let _holds = info_span!("holds", what = "lock");
            // Neither can fail to the harm of anyone: if t2 is gone, its panic is the news.
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

/// Tries a lock that is held; returns whether it was let in, which it is told at once.
pub fn tried() -> bool {
    let lock = Mutex::new(());
    while_held(|| scoped::lock(&lock), || lock.try_lock().is_ok())
}

/// Waits for `parking_lot`'s lock for so long, while it is held all the time; returns whether it
/// was let in.
pub fn parking_lots(patience: Duration) -> bool {
    let lock = parking_lot::Mutex::new(());
    while_held(|| lock.lock(), || lock.try_lock_for(patience).is_some())
}

/// Waits for [`TimedMutex`] for so long, while it is held all the time; returns whether it was let
/// in.
pub fn out_of_std(patience: Duration) -> bool {
    let lock = TimedMutex::default();
    while_held(|| lock.try_lock_for(Duration::ZERO), || lock.try_lock_for(patience).is_some())
}

/// Is a lock that can be waited for with a time limit, made of std's parts: the state is a bool
/// under a mutex that is held for an instant only, and the wait is the condition variable's.
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
/// Take [`Mutex`] unless you need the time limit; if you do, take `parking_lot`'s: an uncontended
/// lock here costs two of std's, and giving it back two more.
#[derive(Debug, Default)]
pub struct TimedMutex {
    taken: Mutex<bool>,
    given_back: Condvar,
}

/// Holds a [`TimedMutex`]; dropping it gives it back.
#[derive(Debug)]
#[must_use = "dropped at once, it guards nothing"]
pub struct TimedGuard<'a>(&'a TimedMutex);

impl TimedMutex {
    /// Makes a lock that nobody holds.
    pub const fn new() -> Self {
        Self { taken: Mutex::new(false), given_back: Condvar::new() }
    }

    /// Takes the lock if it becomes free in that time; `None` if it does not.
    ///
    /// # Blocking
    /// For that time at the most.
    ///
    /// # Fairness
    /// None: who comes when it has just been given back overtakes those who wait.
    pub fn try_lock_for(&self, patience: Duration) -> Option<TimedGuard<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.given_back.wait_timeout_while(taken, patience, |taken| *taken);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // Free, whether the time was up or not.
        let free = !std::mem::replace(&mut *taken, true);
        free.then(|| TimedGuard(self))
    }
}

impl Drop for TimedGuard<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.given_back.notify_one();
    }
}
