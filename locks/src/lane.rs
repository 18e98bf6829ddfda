//! What the lessons are written with: threads under a name, which is their lane, over what they
//! share.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use super::sync::Arc;
use super::{hint, thread};

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

/// Waits for a thread, and passes its panic on, if it had one; so do all that wait here.
pub fn finish<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Runs `body` on threads `t1` and `t2` at once, with the numbers 0 and 1, and waits for both.
pub fn both<S, R>(shared: &Arc<S>, body: impl Fn(usize, &S) -> R + Copy + Send + 'static) -> [R; 2]
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    two(shared, move |shared| body(0, shared), move |shared| body(1, shared))
}

/// Runs two bodies at once, on threads `t1` and `t2`, over what they share, and waits for both.
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
    let threads = [start("t1", move || one(&shared1)), start("t2", move || other(&shared2))];
    threads.map(finish)
}

/// A thread's name, and what it does.
pub type Task<S, R> = (&'static str, Box<dyn FnOnce(&S) -> R + Send>);

/// Names what a thread of [`run_all`] does.
pub fn task<S, R>(name: &'static str, body: impl FnOnce(&S) -> R + Send + 'static) -> Task<S, R> {
    (name, Box::new(body))
}

/// Runs all tasks at once, each on a thread of its own, and waits for all; returns what they
/// returned.
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
