//! The end of a task, for the task that awaits it.
#![expect(unsafe_code, reason = "a handle refers to its task, and owns it at last")]

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};

use super::task::{Task, Whole};

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
pub struct JoinHandle<T>(pub(super) NonNull<Whole<T>>);

impl<T> JoinHandle<T> {
    fn whole(&self) -> &Whole<T> {
        // SAFETY: it is there until this handle lets go of it, and nobody borrows it mutably.
        unsafe { self.0.as_ref() }
    }

    /// Asks for the task's future to be dropped at its await, when its turn comes. A task that has
    /// ended stays so.
    pub fn abort(&self) {
        self.whole().head.aborted.set(true);
        self.whole().head.id.waker().wake_by_ref();
    }

    /// Returns whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.whole().head.ended.get()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    /// If it was ready before.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Whole { head, output, .. } = self.whole();
        if !head.ended.get() {
            // Foreign code, the clone of one waker and the drop of another, may end this task.
            drop(head.joiner.replace(Some(cx.waker().clone())));
        }
        let output = output.replace(Poll::Pending);
        assert!(output.is_ready() || !head.ended.get(), "a task's output is taken once");
        output
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        // Its destructor is foreign code: it comes last.
        let _joiner = self.whole().head.joiner.take();
        // Now: a task that has ended may be in the queue again, and thus stay in its slot.
        crate::contain::contain(|| drop(self.whole().output.replace(Poll::Pending)));
        // SAFETY: this is the handle's last use of it.
        unsafe { Task(self.0.cast()).let_go() };
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// The reason why a task has no output: its panic, or `None` if it was aborted. In a box of its
/// own, the payload takes one word of each task, not two.
#[derive(Debug, thiserror::Error)]
#[error("the task {}", if .0.is_some() { "has panicked" } else { "was aborted" })]
pub struct JoinError(pub(super) Option<Box<Box<dyn Any + Send>>>);

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
        *self.0.expect("the task has panicked")
    }
}
