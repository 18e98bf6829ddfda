//! The end of a task, for the task that awaits it.
#![expect(
    unsafe_code,
    reason = "a handle refers to its task, and owns it once that has left its slot"
)]

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};

use super::task::{Head, Output, State, Task};

/// What a handle asks of a task, whatever its future.
pub(super) trait Joined<T> {
    /// Takes the output of a task that has ended, once. It is in a `Poll`, so that whoever is asked
    /// for one hands it on, and does not move it.
    fn take(&self) -> Poll<Result<T, JoinError>>;
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
pub struct JoinHandle<T>(pub(super) NonNull<dyn Joined<T>>);

impl<T> JoinHandle<T> {
    fn task(&self) -> Task {
        Task::new(self.0.cast())
    }

    fn head(&self) -> &Head {
        // SAFETY: until it has left its slot, that keeps it; from then on, this handle does.
        unsafe { self.task().head() }
    }

    fn take(&self) -> Poll<Result<T, JoinError>> {
        self.head().output.set(Output::Taken);
        // SAFETY: as above.
        unsafe { self.0.as_ref() }.take()
    }

    /// Asks for the task's future to be dropped at its await, when its turn comes. A task that has
    /// ended stays so.
    pub fn abort(&self) {
        if !self.is_finished() {
            self.head().state.set(State::Aborted);
            // SAFETY: it is there, as above.
            unsafe { self.task().wake() };
        }
    }

    /// Returns whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.head().is_finished()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    /// If it was ready before.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let head = self.head();
        if !head.is_finished() {
            // Foreign code, the clone of one waker and the drop of another, may end this task.
            drop(head.joiner.replace(Some(head.wakes(cx.waker()))));
            if !head.is_finished() {
                return Poll::Pending;
            }
        }
        self.take()
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        let head = self.head();
        let (joiner, finished) = (head.joiner.take(), head.is_finished());
        let outcome = (finished && head.output.get() == Output::Wanted).then(|| self.take());
        head.output.set(Output::Unwanted);
        if head.state.get() > State::Ended {
            // SAFETY: the slot has left its reference to this handle, which is used no more.
            unsafe { self.task().release() };
        }
        // Last: the destructors of both are foreign code.
        drop((joiner, outcome));
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
