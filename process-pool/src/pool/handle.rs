//! What `submit` returns: a future, in Python's word and in Rust's.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::block::{Outcome, Stored};
use super::place::Place;
use super::task::Task;

/// The way to the outcome of one task: it can be waited for, polled, cancelled, awaited, or have a
/// callback. Dropping it lets the task run.
///
/// ```no_run
/// # use process_pool::{Error, Pool, Task};
/// # fn example<T: Task>(pool: &Pool<T>, task: T) -> Result<T::Output, Error> {
/// let mut handle = pool.submit(task);
/// if let Some(outcome) = handle.wait_timeout(std::time::Duration::from_millis(10)) {
///     return outcome;
/// }
/// handle.cancel(); // Too late if a worker has it.
/// handle.wait()
/// # }
/// ```
#[must_use = "a result that is not asked for hides an error"]
pub struct Handle<T: Task> {
    /// `None` if the outcome was taken.
    place: Option<Place<T, T::Output>>,
}

impl<T: Task> Handle<T> {
    pub(crate) fn of(place: Place<T, T::Output>) -> Self {
        Self { place: Some(place) }
    }

    fn place(&self) -> &Place<T, T::Output> {
        self.place.as_ref().expect(TAKEN)
    }

    /// Has the waker woken once: when the task is over, or now if it is.
    pub(crate) fn wake(&self, waker: Waker) {
        self.place().wake(waker);
    }

    /// Takes the outcome if the task is over; otherwise stores the waker, which is woken then. It
    /// may be woken although the outcome is taken: the task may have ended meanwhile.
    fn take(&mut self, waker: Option<&Waker>) -> Option<Stored<T::Output>> {
        if let Some(waker) = waker
            && !self.place().is_over()
        {
            self.wake(waker.clone());
        }
        self.place();
        Place::take(&mut self.place)
    }

    /// Waits for the outcome until the deadline, if there is one.
    fn wait_until(&mut self, deadline: Option<Instant>) -> Option<Stored<T::Output>> {
        if self.place().is_sole {
            let until = Instant::now() + SPINS_FOR;
            let until = deadline.map_or(until, |deadline| deadline.min(until));
            while Instant::now() < until {
                if let Some(outcome) = self.take(None) {
                    return Some(outcome);
                }
                // What is waited for may need this core.
                thread::yield_now();
            }
        }
        self.place().wait(deadline);
        self.take(None)
    }

    /// Waits for the outcome of the task.
    ///
    /// # Errors
    /// The task has no result. The death of a worker is an error here, and no hang.
    ///
    /// # Panics
    /// If the outcome was taken before.
    ///
    /// # Blocking
    /// Until the task is over.
    pub fn wait(mut self) -> Outcome<T::Output> {
        self.wait_until(None).expect("there is no time limit").map_err(|error| *error)
    }

    /// Waits for the outcome for at most `limit`; `None` after that. The task goes on: to have it
    /// killed, give it a [time limit](crate::Options::time_limit).
    ///
    /// # Panics
    /// If the outcome was taken before.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T::Output>> {
        // A limit beyond the range of the clock is none.
        let outcome = self.wait_until(Instant::now().checked_add(limit))?;
        Some(outcome.map_err(|error| *error))
    }

    /// Takes the outcome if the task is over; never blocks.
    ///
    /// # Panics
    /// If the outcome was taken before.
    pub fn try_wait(&mut self) -> Option<Outcome<T::Output>> {
        Some(self.take(None)?.map_err(|error| *error))
    }

    /// Returns whether the task is over, with a result or without.
    pub fn is_finished(&self) -> bool {
        self.place.as_ref().is_none_or(Place::is_over)
    }

    /// Cancels the task if no worker has it; returns whether it did.
    pub fn cancel(&self) -> bool {
        self.place.as_ref().is_some_and(Place::cancel)
    }

    /// Sets a callback, which runs in this process, on a thread that the pool has for callbacks
    /// alone, in the order in which tasks end; or at once on this thread, if the task is over. One
    /// that panics harms no other.
    ///
    /// # Panics
    /// If the outcome was taken before; or if the task is over and the callback panics.
    pub fn on_done(mut self, callback: impl FnOnce(Outcome<T::Output>) + Send + 'static) {
        if let Some(call) = self.place.take().expect(TAKEN).call(Box::new(callback)) {
            call();
        }
    }
}

/// A handle can be awaited on any executor.
impl<T: Task> Future for Handle<T> {
    type Output = Outcome<T::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.take(Some(context.waker())) {
            Some(outcome) => Poll::Ready(outcome.map_err(|error| *error)),
            None => Poll::Pending,
        }
    }
}

impl<T: Task> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("is_finished", &self.is_finished()).finish_non_exhaustive()
    }
}

const TAKEN: &str = "the outcome of the task was taken before";

/// How long a thread that waits for the only task spins before it parks. A small task is over by
/// then, and to wake a thread costs more than the task.
const SPINS_FOR: Duration = Duration::from_micros(100);
