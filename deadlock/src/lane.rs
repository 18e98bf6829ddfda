//! What every lesson is made of: threads under a name, which is their lane, and locks that say who
//! waits for them and who holds them.
//!
//! The spans change nothing: without a subscriber, and in a bench there is none, they cost a load
//! and a branch.

use std::ops::{Deref, DerefMut};
use std::panic::resume_unwind;

use tracing::{Span, info_span};

use super::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use super::thread;

/// Holds a lock, and the span that says so. Dropping it gives the lock back.
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

/// Takes a lock and says nothing of it. The locks of these lessons guard nothing that a panic could
/// leave half done, so a poisoned one is taken as well.
///
/// # Blocking
/// Until the lock is free.
pub fn lock<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for as long as the condition holds, giving the lock back meanwhile.
///
/// # Blocking
/// Until the condition no longer holds; it is looked at again after each notification, and whenever
/// the wait ends for no reason.
pub fn wait_while<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    condition: impl FnMut(&mut T) -> bool,
) -> MutexGuard<'a, T> {
    condvar.wait_while(guard, condition).unwrap_or_else(PoisonError::into_inner)
}

/// Takes a lock, and says that it waits for it and that it holds it.
///
/// # Blocking
/// Until the lock is free.
pub fn take<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Held<'a, T> {
    let waits = info_span!("waits", what);
    let guard = lock(mutex);
    // The one begins before the other ends: no moment is left in which the thread seems to do
    // neither.
    let holds = info_span!("holds", what);
    drop(waits);
    Held { _span: holds, guard }
}

/// Takes a lock if it is free at this moment.
pub fn try_take<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Option<Held<'a, T>> {
    let guard = match mutex.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(Held { _span: info_span!("holds", what), guard })
}

/// Starts a thread under a name.
///
/// # Panics
/// If the system has no room for another thread.
pub fn start<R: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    thread::Builder::new()
        .name(name.into())
        .spawn(body)
        .expect("the system has room for another thread")
}

/// Waits for a thread.
///
/// # Panics
/// If the thread has panicked: with its panic.
pub fn finish<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Runs two bodies at once, on threads `t1` and `t2`, over what they share, and waits for both.
///
/// # Panics
/// If one of them has panicked: with its panic.
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

/// Runs `body(number, shared)` on `count` threads at once, named after `prefix`, and waits for all.
///
/// # Panics
/// If one of them has panicked: with its panic.
pub fn many<S, R>(
    prefix: &str,
    count: usize,
    shared: &Arc<S>,
    body: impl Fn(usize, &S) -> R + Send + Sync + 'static,
) -> Vec<R>
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    let body = Arc::new(body);
    let threads: Vec<_> = (0..count)
        .map(|number| {
            let (body, shared) = (Arc::clone(&body), Arc::clone(shared));
            start(format!("{prefix}{number}"), move || body(number, &shared))
        })
        .collect();
    threads.into_iter().map(finish).collect()
}
