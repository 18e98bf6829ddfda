//! What `submit` returns: the handle of a result that is not there yet. Python and Java call it a
//! future.
#![expect(
    unsafe_code,
    reason = "the outcome of a task is for its one handle to take, which the types here ensure"
)]

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use super::block_on;
use super::job::Job;
use super::outcome::{End, Outcome, TaskError};
use super::task::Task;

/// The handle of a task: it waits for the outcome, polls it, or cancels the task. Dropping it lets the
/// task run; a panic is reported to the pool's [panic handler](crate::Builder::on_panic) then, but for
/// that of a job that was handed back and has ended on a thread outside the pool.
#[must_use = "a result that is never asked for hides a panic"]
pub struct Handle<T>(Arc<dyn End<T>>);

impl<T: Send + 'static> Handle<T> {
    /// Returns the two ends of a task: the job for a queue, the handle for the submitter.
    pub(crate) fn of(task: impl FnOnce() -> T + Send + 'static) -> (Job, Self) {
        let task = Arc::new(Task::new(task));
        let queued = Queued(Arc::clone(&task));
        (Job::new(move || queued.run()), Self(task))
    }

    /// Waits for the outcome of the task. On a worker of its own pool, see [`Pool`](crate::Pool).
    ///
    /// # Panics
    /// If the outcome was taken before; so do the other functions that take it.
    pub fn wait(mut self) -> Outcome<T> {
        match self.try_wait() {
            Some(outcome) => outcome,
            None => block_on::block_on(&mut self),
        }
    }

    /// Waits with a timeout; `None` if it has passed. A worker runs nothing else meanwhile. A timeout
    /// beyond the clock's range, such as [`Duration::MAX`], is none.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T>> {
        match self.try_wait() {
            None => match Instant::now().checked_add(limit) {
                Some(deadline) => block_on::block_until(self, deadline),
                None => Some(block_on::block_on(self)),
            },
            outcome => outcome,
        }
    }

    /// Takes the outcome, if the task is over; does not wait.
    pub fn try_wait(&mut self) -> Option<Outcome<T>> {
        // SAFETY: `of` makes one handle for a task and it is not `Clone`, so `&mut self` is the one
        // access from the handle's side.
        unsafe { self.0.take() }
    }

    /// Returns whether the task is over, with any outcome, and all callbacks have returned. What they
    /// have written is visible then.
    pub fn is_finished(&self) -> bool {
        self.0.is_done()
    }

    /// Cancels the task if it has not begun; returns whether it did. What the task holds is dropped
    /// here and now; its place in the queue stays.
    /// If that panics, or a callback, so does this; it is cancelled all the same.
    pub fn cancel(&self) -> bool {
        self.0.give_up(TaskError::Cancelled)
    }

    /// Calls a function when the task is over: on the thread that ends it, or here and now if it is
    /// over.
    ///
    /// Callbacks are called in the order in which they were set, before the outcome can be taken. A
    /// panic of one does not keep the others from being called; it is reported to the pool's [panic
    /// handler](crate::Builder::on_panic), or goes on here and now.
    pub fn on_done(&mut self, callback: impl FnOnce(&Outcome<T>) + Send + 'static) {
        // SAFETY: there is one handle, as `try_wait` says, and `&mut self` is its one access now.
        unsafe { self.0.call_when_done(Box::new(callback)) };
    }
}

/// Async code can await it, on any executor.
impl<T: Send + 'static> Future for Handle<T> {
    type Output = Outcome<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome<T>> {
        match self.try_wait() {
            Some(outcome) => Poll::Ready(outcome),
            None if self.0.wake_when_done(context.waker()) => Poll::Pending,
            None => Poll::Ready(self.try_wait().expect("it is done now")),
        }
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        self.0.handle_dropped();
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("is_done", &self.0.is_done()).finish_non_exhaustive()
    }
}

/// A task in a queue: dropping it unrun ends the task, so that its handle is told.
struct Queued<F: Send, T: Send>(Arc<Task<F, T>>);

impl<F: FnOnce() -> T + Send, T: Send> Queued<F, T> {
    /// Takes the whole of it: what ends the task, if it is dropped, goes with it.
    fn run(self) {
        self.0.run();
    }
}

impl<F: Send, T: Send> Drop for Queued<F, T> {
    fn drop(&mut self) {
        let end = || self.0.give_up(TaskError::Dropped);
        // A second panic would abort the program.
        if thread::panicking() {
            drop(catch_unwind(AssertUnwindSafe(end)));
        } else {
            end();
        }
    }
}
