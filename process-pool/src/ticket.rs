//! One task on its way: what its handle and the pool share.
//!
//! | state | who has it | goes on to |
//! | --- | --- | --- |
//! | queued | the pool's queue | sent; or over, if it is cancelled |
//! | sent | a worker, and the pool's list of what that worker was sent | over; or queued again, if it was not begun, or is to be run again |
//! | over | the handle, until somebody takes the outcome | |

use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use crate::{Error, Task};

/// What comes of a task.
pub type Outcome<R> = Result<R, Error>;

/// What becomes of a task whose worker died while it ran it, or before what came of it was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDeath {
    /// It is over, with [`Error::Died`]. What is not known to be repeatable wants this.
    Report,
    /// It is run again. When so many workers have died while they ran it, it is over, with [`Error::Poison`].
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
    /// How long it may run; its worker is killed then.
    pub time_limit: Option<Duration>,
}

pub(crate) struct Ticket<T: Task> {
    pub(crate) task: T,
    pub(crate) options: Options,
    /// How many workers died of it.
    pub(crate) deaths: AtomicU32,
    state: Mutex<State<T::Output>>,
}

struct State<R> {
    sent: bool,
    stage: Stage<R>,
}

enum Stage<R> {
    Open(Waits<R>),
    Over(Outcome<R>),
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

impl<T: Task> Ticket<T> {
    pub(crate) fn new(task: T, options: Options) -> Self {
        let state = Mutex::new(State { sent: false, stage: Stage::Open(Waits::Nobody) });
        Self { task, options, deaths: AtomicU32::new(0), state }
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

    /// Ends it, if it is not over; wakes who waits. A callback is the caller's to call.
    #[must_use = "a callback has to be called"]
    pub(crate) fn end(&self, outcome: Outcome<T::Output>) -> Option<Call> {
        self.end_if(outcome, |_| true).1
    }

    /// As `end`, if no worker has it; says whether it was ended.
    pub(crate) fn cancel(&self, why: Error) -> (bool, Option<Call>) {
        self.end_if(Err(why), |sent| !sent)
    }

    fn end_if(&self, outcome: Outcome<T::Output>, may: impl FnOnce(bool) -> bool) -> (bool, Option<Call>) {
        let mut state = self.state();
        if !matches!(state.stage, Stage::Open(_)) || !may(state.sent) {
            return (false, None);
        }
        let Stage::Open(waits) = std::mem::replace(&mut state.stage, Stage::Taken) else { unreachable!() };
        if let Waits::Callback(callback) = waits {
            return (true, Some(Box::new(move || callback(outcome))));
        }
        state.stage = Stage::Over(outcome);
        drop(state);
        if let Waits::Somebody(waker) = waits {
            waker.wake();
        }
        (true, None)
    }

    /// Takes the outcome, if it is over; otherwise has this waker woken when it is.
    pub(crate) fn take(&self, waker: Option<&Waker>) -> Option<Outcome<T::Output>> {
        let mut state = self.state();
        if let Stage::Open(waits) = &mut state.stage {
            if let Some(waker) = waker {
                *waits = Waits::Somebody(waker.clone());
            }
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Over(outcome) => Some(outcome),
            Stage::Open(_) | Stage::Taken => panic!("what came of the task was taken before"),
        }
    }

    /// Has the callback called when it is over; gives it back with the outcome if it is.
    pub(crate) fn call(&self, callback: Callback<T::Output>) -> Option<Call> {
        let mut state = self.state();
        if let Stage::Open(waits) = &mut state.stage {
            *waits = Waits::Callback(callback);
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Over(outcome) => Some(Box::new(move || callback(outcome))),
            Stage::Open(_) | Stage::Taken => panic!("what came of the task was taken before"),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state().stage, Stage::Open(_))
    }
}
