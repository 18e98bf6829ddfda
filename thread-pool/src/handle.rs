//! What `submit` returns: the way to a result that is not there yet. Python calls it a future.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::Job;

/// What came of a task.
pub type Outcome<T> = Result<T, TaskError>;

/// Says why a task has no result.
pub enum TaskError {
    /// It panicked, with this payload; `std::panic::resume_unwind` goes on with the panic.
    Panicked(Box<dyn Any + Send>),
    /// It was cancelled before it began.
    Cancelled,
    /// It was dropped before it began: handed back by a pool that was shut down, and not run.
    Dropped,
}

/// Waits for one task's result, or asks for it.
///
/// Dropping it lets the task run; nobody will see the result.
#[derive(Debug)]
#[must_use = "a result that nobody asks for hides a panic"]
pub struct Handle<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

type Callback<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

enum State<T> {
    /// Nobody has begun. Who is to be told of the end, and how.
    Queued(Told<T>),
    Running(Told<T>),
    Done(Outcome<T>),
    /// The handle has taken what came of it.
    Taken,
}

struct Told<T> {
    callbacks: Vec<Callback<T>>,
    waker: Option<Waker>,
}

impl<T: Send + 'static> Handle<T> {
    /// Makes the two ends of a task: the job for a pool's queue, the handle for who submits it.
    pub(crate) fn of(task: impl FnOnce() -> T + Send + 'static) -> (Job, Self) {
        let told = Told { callbacks: Vec::new(), waker: None };
        let shared = Arc::new(Shared { state: Mutex::new(State::Queued(told)), changed: Condvar::new() });
        let end = End(Arc::clone(&shared));
        let job = Job::new(move || {
            if end.0.begin() {
                let outcome = catch_unwind(AssertUnwindSafe(task)).map_err(TaskError::Panicked);
                end.0.finish(outcome);
            }
        });
        (job, Self(shared))
    }

    /// Waits for what comes of the task.
    ///
    /// # Errors
    /// [`TaskError`], if it has no result.
    ///
    /// # Blocking
    /// Until it has been run. On a worker of the very pool that is to run it, see the lesson `nested`.
    pub fn wait(self) -> Outcome<T> {
        let this = match crate::stealing::help_until(self) {
            Ok(outcome) => return outcome,
            Err(this) => this,
        };
        let state = this.0.lock();
        let mut state = wait_while(&this.0.changed, state);
        state.take().expect("it is done, and a handle that was asked before is not asked again")
    }

    /// Waits at most so long; `None` if it is not done then.
    ///
    /// # Panics
    /// If what came of it was taken before.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T>> {
        let state = self.0.lock();
        let waited = self.0.changed.wait_timeout_while(state, limit, |state| state.is_pending());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }

    /// Takes what came of the task, if it is done; does not wait.
    ///
    /// # Panics
    /// If it was taken before.
    pub fn try_wait(&mut self) -> Option<Outcome<T>> {
        self.0.lock().take()
    }

    /// Says whether the task is over, whatever came of it.
    pub fn is_finished(&self) -> bool {
        !self.0.lock().is_pending()
    }

    /// Cancels the task if it has not begun; says whether it did.
    pub fn cancel(&self) -> bool {
        let queued = matches!(*self.0.lock(), State::Queued(_));
        queued && self.0.begin() && {
            self.0.finish(Err(TaskError::Cancelled));
            true
        }
    }

    /// Calls a function when the task is over: on the thread that ends it, or here and now if it is over.
    ///
    /// # Panics
    /// If what came of it was taken before.
    pub fn on_done(&self, callback: impl FnOnce(&Outcome<T>) + Send + 'static) {
        let mut state = self.0.lock();
        match &mut *state {
            State::Queued(told) | State::Running(told) => told.callbacks.push(Box::new(callback)),
            State::Done(outcome) => callback(outcome),
            State::Taken => panic!("what came of the task was taken before"),
        }
    }
}

/// So that async code can await it, on any executor.
impl<T: Send + 'static> Future for Handle<T> {
    type Output = Outcome<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome<T>> {
        let mut state = self.0.lock();
        match &mut *state {
            State::Queued(told) | State::Running(told) => {
                told.waker = Some(context.waker().clone());
                Poll::Pending
            }
            State::Done(_) | State::Taken => Poll::Ready(state.take().expect("it is done")),
        }
    }
}

fn wait_while<'a, T>(changed: &Condvar, state: MutexGuard<'a, State<T>>) -> MutexGuard<'a, State<T>> {
    changed.wait_while(state, |state| state.is_pending()).unwrap_or_else(PoisonError::into_inner)
}

impl<T> State<T> {
    fn is_pending(&self) -> bool {
        matches!(self, Self::Queued(_) | Self::Running(_))
    }

    fn take(&mut self) -> Option<Outcome<T>> {
        if self.is_pending() {
            return None;
        }
        match std::mem::replace(self, Self::Taken) {
            Self::Done(outcome) => Some(outcome),
            _ => panic!("what came of the task was taken before"),
        }
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes from queued to running; says whether it did.
    fn begin(&self) -> bool {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::Taken) {
            State::Queued(told) => *state = State::Running(told),
            other => {
                *state = other;
                return false;
            }
        }
        true
    }

    fn finish(&self, outcome: Outcome<T>) {
        let mut state = self.lock();
        let (State::Queued(told) | State::Running(told)) = std::mem::replace(&mut *state, State::Taken)
        else {
            unreachable!("a task ends once");
        };
        // Outside the lock a callback may do as it likes; nobody takes the outcome before it has seen it.
        drop(state);
        for callback in told.callbacks {
            callback(&outcome);
        }
        *self.lock() = State::Done(outcome);
        self.changed.notify_all();
        if let Some(waker) = told.waker {
            waker.wake();
        }
    }
}

/// The job's end of the task: dropped with a job that was never run.
struct End<T>(Arc<Shared<T>>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        if matches!(*self.0.lock(), State::Queued(_)) && self.0.begin() {
            self.0.finish(Err(TaskError::Dropped));
        }
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskError({self})")
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(payload) => {
                let text = payload.downcast_ref::<&str>().copied();
                let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                write!(f, "the task panicked: {}", text.unwrap_or("with something that is no text"))
            }
            Self::Cancelled => f.write_str("the task was cancelled before it began"),
            Self::Dropped => f.write_str("the task was dropped before it began"),
        }
    }
}

impl std::error::Error for TaskError {}
