//! The end of a task, as seen by whoever waits for it.
#![expect(unsafe_code, reason = "it refers to a task by a counted pointer")]

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::task::{ABORTED, HANDLE, TOLD, TaskRef};

/// Waits for a task's end, and can bring it about. Dropping it does not: the task runs on, on its own.
#[must_use = "a handle that is dropped lets the task run on its own"]
pub struct JoinHandle<T> {
    task: TaskRef,
    /// What comes out; and no other thread may have it.
    _output: PhantomData<*const T>,
}

// The output is never pinned.
impl<T> Unpin for JoinHandle<T> {}

impl<T> JoinHandle<T> {
    /// # Safety
    /// One of the task's references is the handle's, the task's output is a `T`, and its flags say that it has a handle.
    pub(super) unsafe fn new(task: TaskRef) -> Self {
        Self { task, _output: PhantomData }
    }

    fn header(&self) -> &super::task::Header {
        // SAFETY: the handle has a reference.
        unsafe { self.task.header() }
    }

    /// Asks for the task's future to be dropped, wherever it waits, when its turn comes. One that has ended stays so.
    pub fn abort(&self) {
        self.header().set(ABORTED);
        // SAFETY: the handle refers to the task while the waker is used.
        unsafe { self.task.waker() }.wake_by_ref();
    }

    /// Tells whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.header().is(TOLD)
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    /// If it has already said how the task ended.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let header = self.header();
        if header.is(TOLD) {
            assert!(header.is(HANDLE), "a task's end is told once");
            // SAFETY: it is told, has a handle, which has a reference and cannot be sent, and is asked once.
            return Poll::Ready(unsafe { self.task.take() });
        }
        let joiner = header.joiner.take().filter(|joiner| joiner.will_wake(cx.waker()));
        header.joiner.set(Some(joiner.unwrap_or_else(|| cx.waker().clone())));
        Poll::Pending
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.header().is(TOLD) && self.header().is(HANDLE) {
            // SAFETY: as in `poll`. What came out and was never asked for ends here.
            drop(unsafe { self.task.take::<T>() });
        }
        self.header().unset(HANDLE);
        drop(self.header().joiner.take());
        // SAFETY: it is the handle's own reference, and the handle cannot be sent.
        unsafe { self.task.release_here() };
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// Says why nothing came out of a task: its panic, or nothing, if it was aborted.
pub struct JoinError(pub(super) Option<Box<dyn Any + Send>>);

impl JoinError {
    /// Tells whether the task was aborted, or its executor dropped.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_none()
    }

    /// Tells whether the task has panicked.
    pub fn is_panic(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the task's panic.
    ///
    /// # Panics
    /// If there is none.
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.0.expect("the task has panicked")
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_panic() { "JoinError::Panic" } else { "JoinError::Cancelled" })
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_panic() { "the task has panicked" } else { "the task was cancelled" })
    }
}

impl std::error::Error for JoinError {}
