//! What every lesson is made of: named threads. A thread's name becomes its lane.

use std::panic::resume_unwind;

use super::thread;

/// Starts a thread under a name.
///
/// # Panics
/// If the system has no room for another thread.
pub fn start<R: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    thread::Builder::new().name(name.into()).spawn(body).expect("the system has room for another thread")
}

/// Waits for a thread and passes its panic on, if it had one.
pub fn finish<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
