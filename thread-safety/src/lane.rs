//! What every lesson is made of: named threads, whose names become their lanes, and locks that say
//! who waits for them and who holds them.

use std::ops::{Deref, DerefMut};
use std::panic::resume_unwind;
use std::sync::PoisonError;

use tracing::{Span, info_span};

use super::sync::{Mutex, MutexGuard};
use super::thread;
use crate::Window;

/// Holds a lock, and the span that says so. Dropping it gives the lock back.
#[derive(Debug)]
pub struct Held<'a, T> {
    _span: Option<Span>,
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

/// Takes a lock and says nothing of it. What these lessons guard is never left half done, so a
/// poisoned lock is taken as well.
///
/// # Blocking
/// Until the lock is free.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a lock; says that it waits for it and that it holds it, unless the window is one for
/// millions of updates.
///
/// # Blocking
/// Until the lock is free.
pub fn take<'a, T>(window: &Window, what: &str, mutex: &'a Mutex<T>) -> Held<'a, T> {
    let waits = window.says(|| info_span!("waits", what));
    let guard = lock(mutex);
    // The one begins before the other ends: no moment is left in which the thread seems to do
    // neither.
    let holds = window.says(|| info_span!("holds", what));
    drop(waits);
    Held { _span: holds, guard }
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

/// Waits for a thread and passes its panic on, if it had one.
pub fn finish<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
