//! What the lessons are made of: threads under a name, which is their lane.

use std::panic::resume_unwind;
use std::time::Duration;

use super::thread::{Builder, JoinHandle};

/// Starts a thread under a name.
///
/// # Panics
/// If the system has no room for another thread.
pub fn start<R: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'static,
) -> JoinHandle<R> {
    Builder::new().name(name.into()).spawn(body).expect("the system has room for another thread")
}

/// Waits for a thread.
///
/// # Panics
/// If the thread has panicked: with its panic.
///
/// # Blocking
/// Until the thread has ended.
pub fn finish<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Takes its time, so that it can be seen; a model takes none.
pub fn work(pace: Duration) {
    if !pace.is_zero() {
        std::thread::sleep(pace);
    }
}
