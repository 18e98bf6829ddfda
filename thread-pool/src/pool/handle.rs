//! What `submit` returns: the way to a result that is not there yet. Python calls it a future.
#![expect(
    unsafe_code,
    reason = "what came of a task is for its one handle to take, which the types here see to"
)]

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::block_on;
use super::job::{Job, Run};
use super::outcome::{Outcome, TaskError};
use super::task::{Callback, Task};

/// Waits for one task's result, or asks for it.
///
/// Dropping it lets the task run. Nobody will see the result then, and a panic is told to the
/// pool's [panic handler](crate::Builder::on_panic), whether it comes after that or was there
/// before; not if the job was handed back and had ended, with its panic, on a thread of no pool.
///
/// ```
/// use thread_pool::{Builder, ChannelPool, Pool};
///
/// let pool: ChannelPool = Builder::new().workers(2).build()?;
/// let handle = pool.submit(|| 6 * 7)?;
/// assert_eq!(handle.wait()?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a result that nobody asks for hides a panic"]
pub struct Handle<T>(Arc<dyn End<T>>);

/// A task as its handle sees it, whatever the work is.
///
/// # Safety
/// For `take` and `call_when_done` see [`Task`].
trait End<T>: Send + Sync {
    fn is_done(&self) -> bool;
    fn give_up(&self, why: TaskError) -> bool;
    fn nobody_asks(&self);
    fn wake_when_done(&self, waker: &Waker) -> bool;
    unsafe fn call_when_done(&self, callback: Callback<T>);
    unsafe fn take(&self) -> Option<Outcome<T>>;
}

impl<T: Send + 'static> Handle<T> {
    /// Makes the two ends of a task: the job for a pool's queue, the handle for who submits it.
    pub(crate) fn of(task: impl FnOnce() -> T + Send + 'static) -> (Job, Self) {
        let task = Arc::new(Task::new(task));
        (Job::of(Arc::clone(&task) as Arc<dyn Run>), Self(task))
    }

    /// Waits for what comes of the task.
    ///
    /// # Errors
    /// [`TaskError`], if it has no result.
    ///
    /// # Panics
    /// If what came of it was taken before.
    ///
    /// # Blocking
    /// Until it has been run, cancelled or dropped. On a worker of the very pool that is to run it,
    /// see [`Pool`](crate::Pool).
    pub fn wait(mut self) -> Outcome<T> {
        match self.try_wait() {
            Some(outcome) => outcome,
            None => block_on::block_on(&mut self),
        }
    }

    /// Waits for at most the time given; `None` if it is not done then. A worker that waits so runs
    /// nothing else meanwhile. A limit beyond what the clock reaches, as [`Duration::MAX`] is, is
    /// none: it waits as [`wait`](Self::wait) does.
    ///
    /// # Panics
    /// If what came of it was taken before.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T>> {
        match self.try_wait() {
            // A limit that no clock reaches is none.
            None => match Instant::now().checked_add(limit) {
                Some(deadline) => block_on::block_until(self, deadline),
                None => Some(block_on::block_on(self)),
            },
            outcome => outcome,
        }
    }

    /// Takes what came of the task, if it is done; does not wait.
    ///
    /// # Panics
    /// If it was taken before.
    pub fn try_wait(&mut self) -> Option<Outcome<T>> {
        // SAFETY: this is the task's one handle, and `&mut` says that one thread has it.
        unsafe { self.0.take() }
    }

    /// Says whether the task is over, whatever came of it, and all callbacks have returned.
    pub fn is_finished(&self) -> bool {
        self.0.is_done()
    }

    /// Cancels the task if it has not begun; says whether it did. What it holds is dropped; its
    /// place in the queue is not.
    ///
    /// # Panics
    /// If a callback does, or what the task holds as it is dropped: both happen here and now. It is
    /// cancelled all the same.
    pub fn cancel(&self) -> bool {
        self.0.give_up(TaskError::Cancelled)
    }

    /// Calls a function when the task is over: on the thread that ends it, or here and now if it is
    /// over.
    ///
    /// Callbacks are called in the order in which they were given, before anybody gets the outcome.
    /// One that panics keeps none of that from happening; its panic is told to the pool's [panic
    /// handler](crate::Builder::on_panic).
    ///
    /// # Panics
    /// If what came of the task was taken before; or if the callback does, here and now.
    pub fn on_done(&mut self, callback: impl FnOnce(&Outcome<T>) + Send + 'static) {
        // SAFETY: as in `try_wait`.
        unsafe { self.0.call_when_done(Box::new(callback)) };
    }
}

/// So that async code can await it, on any executor.
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
        self.0.nobody_asks();
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("is_done", &self.0.is_done()).finish_non_exhaustive()
    }
}

impl<F: Send, T: Send> End<T> for Task<F, T> {
    fn is_done(&self) -> bool {
        self.is_done()
    }

    fn give_up(&self, why: TaskError) -> bool {
        self.give_up(why)
    }

    fn nobody_asks(&self) {
        self.nobody_asks();
    }

    fn wake_when_done(&self, waker: &Waker) -> bool {
        self.wake_when_done(waker)
    }

    unsafe fn call_when_done(&self, callback: Callback<T>) {
        // SAFETY: who calls promises what it asks for.
        unsafe { self.call_when_done(callback) }
    }

    unsafe fn take(&self) -> Option<Outcome<T>> {
        // SAFETY: who calls promises what it asks for.
        unsafe { self.take() }
    }
}

impl<F: FnOnce() -> T + Send, T: Send> Run for Task<F, T> {
    fn run(&self) {
        self.run();
    }

    fn drop_unrun(&self) {
        self.give_up(TaskError::Dropped);
    }
}
