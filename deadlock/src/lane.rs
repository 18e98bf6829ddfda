//! What every lesson is made of: named threads, each a lane of the picture, and locks whose waiting
//! and holding is recorded as spans. Without a subscriber a span costs a load and a branch.

use std::ops::{Deref, DerefMut};
use std::panic::resume_unwind;

use tracing::{Span, info_span};

use super::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use super::thread;

/// A lock that is held, and the span of its being held. Dropping it releases the lock.
#[derive(Debug)]
pub struct Held<'a, T> {
    _span: Span,
    guard: MutexGuard<'a, T>,
}

impl<T> Deref for Held<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

/// Acquires a lock, poisoned or not, without a span: no panic leaves these lessons' values half
/// changed.
#[track_caller]
pub fn lock<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits while the condition holds, with the lock released meanwhile. The condition is checked
/// again after each notification, and after a spurious wakeup.
#[track_caller]
pub fn wait_while<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    condition: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    condvar.wait_while(guard, condition).unwrap_or_else(PoisonError::into_inner)
}

/// Acquires the lock that is called `what`, and records the wait and the holding.
#[track_caller]
pub fn acquire<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Held<'a, T> {
    let waits = info_span!("waits", what);
    let guard = lock(mutex);
    // The second span begins before the first ends: at no moment does the thread seem to do neither.
    let holds = info_span!("holds", what);
    drop(waits);
    Held { _span: holds, guard }
}

/// Acquires a lock if it is free at this moment.
#[track_caller]
pub fn try_acquire<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Option<Held<'a, T>> {
    let guard = match mutex.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(Held { _span: info_span!("holds", what), guard })
}

/// Spawns a thread under a name.
#[track_caller]
pub fn start<R: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    thread::Builder::new().name(name.into()).spawn(body).expect("there is room for a thread")
}

/// Joins a thread, and continues its panic if it has panicked.
#[track_caller]
pub fn finish<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Runs two bodies at once, on threads `t1` and `t2`, over what they share, and joins both.
pub fn two<S, R>(
    shared: &Arc<S>,
    one: impl FnOnce(&S) -> R + Send + 'static,
    other: impl FnOnce(&S) -> R + Send + 'static,
) -> [R; 2]
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    let (shared1, shared2) = (Arc::clone(shared), Arc::clone(shared));
    let t1 = start("t1", move || one(&shared1));
    let t2 = start("t2", move || other(&shared2));
    [finish(t1), finish(t2)]
}
