//! What a lesson asks of its executor, as the model checker gives it: where several tasks are
//! woken, each of them may be polled next, and every order is tried.
//!
//! A model has no time: a sleep is a yield. What tokio's channels and locks do between two awaits is
//! one step.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use shuttle::current::{ChildLabelFn, me, remove_label_for_task, set_label_for_task};
pub use shuttle::future::block_on;
use shuttle::future::{JoinHandle, spawn_local};

use super::notes;

/// Spawns a future as a task, which is known by the future's name before it begins.
#[track_caller]
pub fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> JoinHandle<F::Output> {
    // Others may run before the task is there.
    notes::awaits(Location::caller());
    let Some(shown) = notes::last_future() else { return spawn_local(future) };
    // Only this is told the number of a task before the task takes a step.
    let label = ChildLabelFn(Arc::new(move |task, labels| {
        labels.remove::<ChildLabelFn>();
        notes::begins_at(task.into(), shown.clone());
    }));
    set_label_for_task(me(), label);
    let task = spawn_local(future);
    remove_label_for_task::<ChildLabelFn>(me());
    task
}

/// Yields once.
#[track_caller]
pub fn yield_now() -> impl Future<Output = ()> {
    let at = Location::caller();
    async move {
        notes::awaits(at);
        shuttle::future::yield_now().await;
    }
}

/// Yields once, whatever the duration.
#[track_caller]
pub fn sleep(_: Duration) -> impl Future<Output = ()> {
    yield_now()
}
