//! What the lessons are made of: named threads, each a lane of the picture.

use std::panic::resume_unwind;
use std::time::Duration;

use super::thread::{Builder, JoinHandle};

/// Spawns a thread under a name.
#[track_caller]
pub fn start<R: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'static,
) -> JoinHandle<R> {
    Builder::new().name(name.into()).spawn(body).expect("the system has room for another thread")
}

/// Joins a thread, and continues its panic if it has panicked.
#[track_caller]
pub fn finish<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Sleeps, so that a picture shows the step; a model does not.
pub fn work(pace: Duration) {
    if !pace.is_zero() {
        std::thread::sleep(pace);
    }
}
