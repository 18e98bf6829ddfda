//! The end of a task, for the task that awaits it.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What a handle asks of a task, whatever its future.
pub(super) trait Joined<T> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>>;
    fn abort(self: Arc<Self>);
    fn is_finished(&self) -> bool;
    fn detach(&self);
}

/// A handle to a task, which waits for its end and can abort it. A handle that is dropped detaches
/// the task, which runs on.
///
/// ```
/// use coroutines::executor::{block_on, spawn};
///
/// block_on(async {
///     let task = spawn(std::future::pending::<()>());
///     task.abort();
///     assert!(task.await.unwrap_err().is_cancelled());
/// });
/// ```
#[must_use = "a handle that is dropped lets the task run on its own"]
pub struct JoinHandle<T>(pub(super) Arc<dyn Joined<T>>);

impl<T> JoinHandle<T> {
    /// Asks for the task's future to be dropped at its await, when its turn comes. A task that has
    /// ended stays so.
    pub fn abort(&self) {
        Arc::clone(&self.0).abort();
    }

    /// Returns whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    /// If it was ready before.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_join(cx)
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        self.0.detach();
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// The reason why a task has no output: its panic, or `None` if it was aborted.
#[derive(Debug)]
pub struct JoinError(pub(super) Option<Box<dyn Any + Send>>);

impl JoinError {
    /// Returns whether the task was aborted, or its executor dropped.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_none()
    }

    /// Returns whether the task has panicked.
    pub fn is_panic(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the payload of the task's panic.
    ///
    /// # Panics
    /// If the task was aborted.
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.0.expect("the task has panicked")
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_panic() { "the task has panicked" } else { "the task was aborted" })
    }
}

impl std::error::Error for JoinError {}
