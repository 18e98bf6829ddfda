//! Named threads, each a lane of the picture, and locks whose waiting and holding is recorded as
//! spans. Without a subscriber a span costs a load and a branch.
//!
//! Locks are acquired whether they are poisoned or not: no panic leaves a lesson's value half
//! changed. A panic of a thread is passed on to the one that waits for it.

use std::ops::{Deref, DerefMut};
use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use tracing::{Span, info_span};

use super::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use super::{hint, thread};

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

/// Acquires a lock if it is free at this moment, and records the holding.
#[track_caller]
pub fn try_acquire<'a, T>(what: &str, mutex: &'a Mutex<T>) -> Option<Held<'a, T>> {
    let guard = match mutex.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    Some(Held { _span: info_span!("holds", what), guard })
}

/// Acquires a lock without a span.
#[track_caller]
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for one notification, with the lock released meanwhile.
#[track_caller]
pub fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
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

/// Starts a thread under a name.
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
    [start("t1", move || one(&shared1)), start("t2", move || other(&shared2))].map(finish)
}

/// Runs one body twice at once, on threads `t1` and `t2`, with the numbers 0 and 1.
pub fn both<S, R>(shared: &Arc<S>, body: impl Fn(usize, &S) -> R + Copy + Send + 'static) -> [R; 2]
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    two(shared, move |shared| body(0, shared), move |shared| body(1, shared))
}

/// The name of a thread, and what it does.
pub type Task<S, R> = (&'static str, Box<dyn FnOnce(&S) -> R + Send>);

/// Names what a thread of [`run_all`] does.
pub fn task<S, R>(name: &'static str, body: impl FnOnce(&S) -> R + Send + 'static) -> Task<S, R> {
    (name, Box::new(body))
}

/// Runs all tasks at once, each on a thread of its own, and joins them; returns what they returned.
pub fn run_all<S, R>(shared: &Arc<S>, tasks: impl IntoIterator<Item = Task<S, R>>) -> Vec<R>
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    let start = |(name, body): Task<S, R>| {
        let shared = Arc::clone(shared);
        start(name, move || body(&shared))
    };
    let threads: Vec<_> = tasks.into_iter().map(start).collect();
    threads.into_iter().map(finish).collect()
}

/// Keeps the processor busy. A thread that slept would show a lock that is held by a thread that
/// sleeps, which a spin lock is not for.
pub fn work(time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        hint::spin_loop();
    }
}
