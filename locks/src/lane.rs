//! What the lessons are made of: two named threads. A thread's name becomes its lane.

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
    let threads = ["t1", "t2"].map(|name| {
        let shared = Arc::clone(shared);
        let thread = thread::Builder::new().name(name.into()).spawn(move || body(&shared));
        thread.expect("the system has room for another thread")
    });
    for thread in threads {
        thread.join().unwrap_or_else(|panic| resume_unwind(panic));
    }
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
