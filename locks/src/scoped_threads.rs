//! What the lessons without a model are written with: named threads that borrow, and std's locks
//! with a lane.

use std::panic::resume_unwind;
use std::thread::{Builder, Scope, ScopedJoinHandle};

pub(crate) use kit::real::lane::{acquire, lock};

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
