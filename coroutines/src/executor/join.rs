//! The end of a task, for the task that awaits it.
#![expect(unsafe_code, reason = "a handle refers to its task, and owns it at last")]

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};

use super::task::{Head, State};

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
    fn head(&self) -> &Head {
        // SAFETY: a task begins with its head; it is there until it has left its slot, and from then
        // on it belongs to this handle.
        unsafe { self.0.cast().as_ref() }
    }

    /// Asks for the task's future to be dropped at its await, when its turn comes. A task that has
    /// ended stays so.
    pub fn abort(&self) {
        if !self.is_finished() {
            self.head().state.set(State::Aborted);
            self.head().id.waker().wake_by_ref();
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
            drop(head.joiner.replace(Some(cx.waker().clone())));
            if !head.is_finished() {
                return Poll::Pending;
            }
        }
        // SAFETY: it is there, as above.
        unsafe { self.0.as_ref() }.take()
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.head().state.get() == State::Left {
            // SAFETY: it is this handle's own, and was made of a box.
            return drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
        self.head().wanted.set(false);
        // Last: its destructor is foreign code.
        drop(self.head().joiner.take());
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
