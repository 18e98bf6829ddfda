//! What a lesson asks of its executor, as the model checker gives it: where several tasks are
//! woken, each of them may be polled next, and every order is tried.
//!
//! A model has no time: a sleep is a yield. What tokio's channels and locks do between two awaits is
//! one step.

use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use shuttle::current::{ChildLabelFn, me, remove_label_for_task, set_label_for_task};
use shuttle::future::{self as inner, spawn_local};
pub use shuttle::future::{JoinError, block_on};

use super::notes;

/// The handle of a task: a future of what the task returns.
#[derive(Debug)]
pub struct JoinHandle<T>(inner::JoinHandle<T>);

impl<T> JoinHandle<T> {
    /// Aborts the task at its next await. Others may run before.
    #[track_caller]
    pub fn abort(&self) {
        notes::awaits(Location::caller());
        self.0.abort();
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// Notes the end of a task when the task drops it, returned or aborted.
struct Ends {
    returned: bool,
}

impl Drop for Ends {
    fn drop(&mut self) {
        notes::ends(self.returned);
    }
}

/// Spawns a future as a task, which is known by the future's name before it begins.
#[track_caller]
pub fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> JoinHandle<F::Output> {
    // Others may run before the task is there.
    notes::awaits(Location::caller());
    let ends = Ends { returned: false };
    let future = async move {
        // Dropped after the future, by the task itself, be it that it returns or is aborted.
        let mut ends = ends;
        let returns = future.await;
        ends.returned = true;
        returns
    };
    let Some(shown) = notes::last_future() else { return JoinHandle(spawn_local(future)) };
    // Only this is told the number of a task before the task takes a step.
    let label = ChildLabelFn(Arc::new(move |task, labels| {
        labels.remove::<ChildLabelFn>();
        notes::begins_at(task.into(), shown.clone());
    }));
    set_label_for_task(me(), label);
    let task = spawn_local(future);
    remove_label_for_task::<ChildLabelFn>(me());
    JoinHandle(task)
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
