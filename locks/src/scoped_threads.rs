//! What the lessons without a model are written with: named threads that borrow, and a guard of std
//! that shows in its thread's lane that the lock is held.

use std::ops::{Deref, DerefMut};
use std::panic::resume_unwind;
use std::sync::{Mutex, MutexGuard};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use tracing::{Span, info_span};

pub(crate) use crate::real::unpoisoned::lock;

/// A guard of std, and the span that shows it.
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

/// Acquires a lock, poisoned or not, and shows that its thread waits for it and holds it.
pub(crate) fn acquire<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Held<'a, T> {
    let waits = info_span!("waits", what);
    let guard = lock(mutex);
    // The one begins before the other ends: at no moment does the thread seem to do neither.
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

/// Waits for a thread, and passes its panic on, if it had one.
pub(crate) fn finish<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
