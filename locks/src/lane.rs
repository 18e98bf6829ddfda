//! What the lessons are made of: named threads. A thread's name becomes its lane.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use super::sync::Arc;
use super::{hint, thread};

/// Runs `body` at once on threads `t1` and `t2`, over what they share, and waits for both.
///
/// # Panics
/// If the system has no room for another thread; or as a body does.
pub fn two<S>(shared: &Arc<S>, body: impl Fn(&S) + Copy + Send + 'static)
where
    S: Send + Sync + 'static,
{
    pair(shared, body, body);
}

/// Runs two bodies at once, on threads `t1` and `t2`, over what they share, and waits for both.
///
/// # Panics
/// If the system has no room for another thread; or as a body does.
pub fn pair<S>(
    shared: &Arc<S>,
    one: impl FnOnce(&S) + Send + 'static,
    other: impl FnOnce(&S) + Send + 'static,
) where
    S: Send + Sync + 'static,
{
    let (shared1, shared2) = (Arc::clone(shared), Arc::clone(shared));
    let threads = [start("t1", move || one(&shared1)), start("t2", move || other(&shared2))];
    threads.into_iter().for_each(finish);
}

/// Starts a thread under a name.
///
/// # Panics
/// If the system has no room for another thread.
pub fn start(name: impl Into<String>, body: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::Builder::new().name(name.into()).spawn(body).expect("the system has room for another thread")
}

/// Waits for a thread.
///
/// # Panics
/// As the thread has.
pub fn finish(thread: thread::JoinHandle<()>) {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic));
}

/// Keeps the processor busy. A thread that slept would show a lock that is held by a sleeper, which a spin lock is not for.
pub fn work(time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        hint::spin_loop();
    }
}

/// Runs `body` at once on threads `t1` and `t2`, which are told that they are 0 and 1, and returns what each returned.
///
/// # Panics
/// If the system has no room for another thread; or as a body does.
pub fn two_sides<S, R>(shared: &Arc<S>, body: impl Fn(usize, &S) -> R + Copy + Send + 'static) -> [R; 2]
where
    S: Send + Sync + 'static,
    R: Send + 'static,
{
    let threads = [("t1", 0), ("t2", 1)].map(|(name, me)| {
        let shared = Arc::clone(shared);
        let thread = thread::Builder::new().name(name.into()).spawn(move || body(me, &shared));
        thread.expect("the system has room for another thread")
    });
    threads.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
}
