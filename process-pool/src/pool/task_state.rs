//! One task on its way: what its handle and the pool share.
//!
//! | state | who has it | goes on to |
//! | --- | --- | --- |
//! | queued | the pool's queue | sent; or over, if it is cancelled |
//! | sent | a worker, and the pool's list of what that worker was sent | over; or queued again, if it was not begun, or is to be run again |
//! | over | the handle, until somebody takes the outcome | |

use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::error::Error;
use super::protocol;
use super::task::Task;

/// What comes of a task.
pub type Outcome<R> = Result<R, Error>;

/// What becomes of a task whose worker died while it ran it, or before what came of it was handed
/// over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDeath {
    /// It is over, with [`Error::Died`]. What is not known to be repeatable wants this.
    Report,
    /// It is run again. When so many workers have died while they ran it, it is over, with
    /// [`Error::Poison`].
    RunAgain {
        /// How many.
        limit: u32,
    },
}

/// What may be said of a single task; the [`Builder`](crate::Builder) says it of all others.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What becomes of it if its worker dies.
    pub on_death: OnDeath,
    /// How long it may run; its worker is killed then. A worker that does not begin it for as long
    /// (2 s at the least, and 10 s without a limit) although it has nothing else to do is killed as
    /// well, and another runs it.
    pub time_limit: Option<Duration>,
}

/// What the caller chose.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) options: Options,
    /// How many go to a worker together, if not as many as are worth a message.
    pub(crate) chunk: Option<usize>,
}

pub(crate) struct TaskState<T: Task> {
    pub(crate) task: T,
    /// None, if it is what the pool's other tasks have: there are many of them, and three threads
    /// go through each.
    pub(crate) choice: Option<Arc<Choice>>,
    /// How many workers died of it.
    pub(crate) deaths: AtomicU32,
    /// It was sent while there was no other.
    pub(crate) is_sole: AtomicBool,
    state: Mutex<State<T::Output>>,
}

struct State<R> {
    sent: bool,
    stage: Stage<R>,
}

enum Stage<R> {
    Open(Waits<R>),
    /// A result may be small, and most have no error: a ticket is not to be as large as the largest
    /// of those.
    Over(Result<R, Box<Error>>),
    Taken,
}

pub(crate) type Callback<R> = Box<dyn FnOnce(Outcome<R>) + Send>;

enum Waits<R> {
    Nobody,
    Somebody(Waker),
    Callback(Callback<R>),
}

/// A callback and what it is to be called with.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// What is to be done when a task is over, for somebody who waits for that.
pub(crate) enum Next {
    Wake(Waker),
    Call(Call),
}

impl<T: Task> TaskState<T> {
    pub(crate) fn new(task: T, choice: Option<Arc<Choice>>) -> Self {
        let state = Mutex::new(State { sent: false, stage: Stage::Open(Waits::Nobody) });
        Self { task, choice, deaths: AtomicU32::new(0), is_sole: AtomicBool::new(false), state }
    }

    /// Returns what was chosen for it: by default, what was for the pool.
    pub(crate) fn choice<'a>(&'a self, default: &'a Choice) -> &'a Choice {
        self.choice.as_deref().unwrap_or(default)
    }

    fn state(&self) -> MutexGuard<'_, State<T::Output>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that it is on its way to a worker; says whether it is to go there at all.
    pub(crate) fn send(&self) -> bool {
        let mut state = self.state();
        state.sent = true;
        matches!(state.stage, Stage::Open(_))
    }

    /// Notes that no worker has it any more.
    pub(crate) fn back(&self) {
        self.state().sent = false;
    }

    /// Ends it, if it is not over. What comes next is the caller's to do.
    #[must_use = "somebody may wait"]
    pub(crate) fn end(&self, outcome: Outcome<T::Output>) -> Option<Next> {
        let mut state = self.state();
        if !matches!(state.stage, Stage::Open(_)) {
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Open(Waits::Callback(callback)) => {
                return Some(Next::Call(Box::new(move || callback(outcome))));
            }
            Stage::Open(Waits::Somebody(waker)) => {
                state.stage = Stage::Over(outcome.map_err(Box::new));
                return Some(Next::Wake(waker));
            }
            _ => state.stage = Stage::Over(outcome.map_err(Box::new)),
        }
        None
    }

    /// Ends it, if it is not over and no worker has it; says whether it did. Nobody waits: who
    /// calls has the handle.
    pub(crate) fn cancel(&self) -> bool {
        let mut state = self.state();
        let may = matches!(state.stage, Stage::Open(_)) && !state.sent;
        if may {
            state.stage = Stage::Over(Err(Box::new(Error::Cancelled)));
        }
        may
    }

    /// Names it in errors. What the caller's type does to that end ends no thread of the pool.
    pub(crate) fn name(&self) -> String {
        protocol::catch_panic(|| self.task.name())
            .unwrap_or_else(|_| std::any::type_name::<T>().to_owned())
    }

    /// Takes the outcome, if it is over; otherwise has this waker woken when it is.
    pub(crate) fn take(&self, waker: Option<&Waker>) -> Option<Outcome<T::Output>> {
        // What is cloned and dropped here is the caller's: without the lock, whatever it does.
        let waker = waker.cloned();
        let mut state = self.state();
        if let Stage::Open(waits) = &mut state.stage {
            let before = waker.map(|waker| std::mem::replace(waits, Waits::Somebody(waker)));
            drop(state);
            drop(before);
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Over(outcome) => Some(outcome.map_err(|error| *error)),
            Stage::Open(_) | Stage::Taken => panic!("what came of the task was taken before"),
        }
    }

    /// Has the callback called when it is over; gives it back with the outcome if it is.
    pub(crate) fn call(&self, callback: Callback<T::Output>) -> Option<Call> {
        let mut state = self.state();
        if let Stage::Open(waits) = &mut state.stage {
            let before = std::mem::replace(waits, Waits::Callback(callback));
            drop(state);
            drop(before);
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Over(outcome) => {
                Some(Box::new(move || callback(outcome.map_err(|error| *error))))
            }
            Stage::Open(_) | Stage::Taken => panic!("what came of the task was taken before"),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state().stage, Stage::Open(_))
    }
}
