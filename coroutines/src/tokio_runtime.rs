//! What a lesson asks of its executor, as tokio gives it: a lesson in `on_tokio` calls this module
//! `super::runtime`.
//!
//! All tasks run on the thread that waits for the first one, so they need not be `Send`.
//! `tokio::sync`, `tokio::join!` and `tokio::select!` are not here: they need no runtime, and do
//! the same on any executor.

use std::thread;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::task::{LocalSet, spawn_local};

pub use tokio::sync::mpsc::channel;
pub use tokio::task::{JoinError, JoinHandle, yield_now};
pub use tokio::time::error::Elapsed;
pub use tokio::time::{sleep, timeout};

/// Returns the time of the runtime's clock, which a test may pause.
pub fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Spawns a task on this thread.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    spawn_local(future)
}

/// Runs a future to its end on this thread, with the tasks that it spawns; then drops those that
/// are left.
///
/// # Panics
/// If the system has no descriptors for a runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    LocalSet::new().block_on(&on_one_thread(), future)
}

/// Does the same with a paused clock, which jumps to the next timer whenever all tasks wait.
pub fn block_on_paused<F: Future>(future: F) -> F::Output {
    LocalSet::new().block_on(&paused(|| {}), future)
}

/// Does the same, to be seen in the lanes: each jump of the clock takes its time. What is due first
/// still comes first, however busy the machine is: no timer fires while a task has something to do.
pub fn block_on_paced<F: Future>(future: F) -> F::Output {
    // The clock has jumped ahead of the real one, which is waited for.
    let paced = paused(|| thread::sleep(now().saturating_duration_since(Instant::now())));
    LocalSet::new().block_on(&paced, future)
}

fn paused(after_a_jump: impl Fn() + Send + Sync + 'static) -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).on_thread_unpark(after_a_jump).build();
    runtime.expect("a runtime without I/O needs nothing of the system")
}

/// Returns a runtime that polls all its tasks on the thread that waits for one.
///
/// # Panics
/// If the system has no descriptors for it.
pub fn on_one_thread() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("the system has descriptors for a runtime")
}
