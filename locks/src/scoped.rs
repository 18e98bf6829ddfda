//! What the lessons that run for real only are made of: named threads that borrow, and a guard of
//! std that says that it is held.

use std::ops::{Deref, DerefMut};
use std::panic::resume_unwind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use tracing::{Span, info_span};

/// Holds a lock, and the span that says so.
#[derive(Debug)]
pub(crate) struct Held<'a, T> {
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

/// Takes a lock, poisoned or not, and says nothing of it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a lock, poisoned or not, and says that it waits for it and that it holds it.
///
/// # Blocking
/// Until the lock is free.
pub(crate) fn take<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Held<'a, T> {
    let waits = info_span!("waits", what);
    let guard = lock(mutex);
    // The one begins before the other ends: no moment is left in which the thread seems to do
    // neither.
    let holds = info_span!("holds", what);
    drop(waits);
    Held { _span: holds, guard }
}

/// Starts a thread under a name, which is its lane.
///
/// # Panics
/// If the system has no room for another thread.
pub(crate) fn start<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'scope,
) -> ScopedJoinHandle<'scope, R> {
    Builder::new()
        .name(name.into())
        .spawn_scoped(scope, body)
        .expect("the system has room for another thread")
}

/// Waits for a thread.
///
/// # Panics
/// If the thread has panicked: with its panic.
pub(crate) fn finish<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
