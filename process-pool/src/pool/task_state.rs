//! The state of one submitted task, which its handle and the pool share.
//!
//! | state | the task is in | next state |
//! | --- | --- | --- |
//! | queued | the pool's queue | sent; or over, if it is cancelled |
//! | sent | a worker, and its slot's list | over; or queued, if the worker returns it or dies |
//! | over | the handle, until its outcome is taken | |

use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::error::Error;
use super::protocol;
use super::shared_memory::TaskStatus;
use super::task::Task;

/// The outcome of a task.
pub type Outcome<R> = Result<R, Error>;

/// What becomes of a task whose worker died while it ran the task, or before its answer was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDeath {
    /// The task is over, with [`Error::Died`]: at-most-once. A task that is not idempotent needs this.
    Report,
    /// The task is run again: at-least-once. When `limit` workers have died while they ran it, it is
    /// over, with [`Error::Poison`].
    RunAgain {
        /// The number of workers that may die of it.
        limit: u32,
    },
}

/// The options of a single task; all others have those of the [`Builder`](crate::Builder).
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What becomes of the task if its worker dies.
    pub on_death: OnDeath,
    /// The timeout of the task, after which its worker is killed. A worker that does not begin the
    /// task for as long (2 s at the least, and 10 s without a limit) although it is idle is killed as
    /// well, and another runs the task.
    pub time_limit: Option<Duration>,
}

/// The options that the caller chose for a task.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) options: Options,
    /// The chunk size, if the pool is not to adapt it.
    pub(crate) chunk: Option<usize>,
}

/// A submitted task.
pub(crate) struct TaskState<T: Task> {
    pub(crate) task: T,
    /// `None` for the pool's default, to keep a task small: there are many, and three threads go
    /// through each.
    pub(crate) choice: Option<Arc<Choice>>,
    /// The number of workers that died of it.
    pub(crate) deaths: AtomicU32,
    /// It was sent while the pool had no other task.
    pub(crate) is_sole: AtomicBool,
    state: Mutex<State<T::Output>>,
}

struct State<R> {
    sent: bool,
    stage: Stage<R>,
}

enum Stage<R> {
    Open(Waits<R>),
    /// The error is boxed: most tasks have none, and a result may be smaller.
    Over(Result<R, Box<Error>>),
    Taken,
}

pub(crate) type Callback<R> = Box<dyn FnOnce(Outcome<R>) + Send>;

enum Waits<R> {
    Nothing,
    Waker(Waker),
    Callback(Callback<R>),
}

/// A callback with its argument.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// What a task that is over has to wake or call.
pub(crate) enum Next {
    Wake(Waker),
    Call(Call),
}

impl<T: Task> TaskState<T> {
    pub(crate) fn new(task: T, choice: Option<Arc<Choice>>) -> Self {
        let state = Mutex::new(State { sent: false, stage: Stage::Open(Waits::Nothing) });
        Self { task, choice, deaths: AtomicU32::new(0), is_sole: AtomicBool::new(false), state }
    }

    /// Returns the task's options, or else the pool's.
    pub(crate) fn choice<'a>(&'a self, default: &'a Choice) -> &'a Choice {
        self.choice.as_deref().unwrap_or(default)
    }

    fn state(&self) -> MutexGuard<'_, State<T::Output>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks the task as sent; returns false if it is over, and is not to be sent.
    pub(crate) fn send(&self) -> bool {
        let mut state = self.state();
        state.sent = true;
        matches!(state.stage, Stage::Open(_))
    }

    /// Marks the task as queued again.
    pub(crate) fn back(&self) {
        self.state().sent = false;
    }

    /// Ends the task, if it is not over; returns what its end has to wake or call.
    #[must_use = "a thread may wait"]
    pub(crate) fn end(&self, outcome: Outcome<T::Output>) -> Option<Next> {
        let mut state = self.state();
        if !matches!(state.stage, Stage::Open(_)) {
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Open(Waits::Callback(callback)) => {
                return Some(Next::Call(Box::new(move || callback(outcome))));
            }
            Stage::Open(Waits::Waker(waker)) => {
                state.stage = Stage::Over(outcome.map_err(Box::new));
                return Some(Next::Wake(waker));
            }
            _ => state.stage = Stage::Over(outcome.map_err(Box::new)),
        }
        None
    }

    /// Ends the task if it is not over and no worker has it; returns whether it did. No thread waits
    /// for it, for the caller has the handle.
    pub(crate) fn cancel(&self) -> bool {
        let mut state = self.state();
        let may = matches!(state.stage, Stage::Open(_)) && !state.sent;
        if may {
            state.stage = Stage::Over(Err(Box::new(Error::Cancelled)));
        }
        may
    }

    /// Returns the task's name, or its type, if the task's own method panics.
    pub(crate) fn name(&self) -> String {
        protocol::catch_panic(|| self.task.name())
            .unwrap_or_else(|_| std::any::type_name::<T>().to_owned())
    }

    /// Returns the error of a task whose worker is dead, by the worker's last status; `None` if the
    /// task is to be run again.
    pub(crate) fn after_death(
        &self,
        default: &Choice,
        number: u64,
        last: TaskStatus,
        (pid, status): (u32, Option<ExitStatus>),
    ) -> Option<Error> {
        let options = self.choice(default).options;
        let (name, limit) = (|| self.name(), options.time_limit.unwrap_or_default());
        let begun = match last {
            TaskStatus::Nothing => false,
            TaskStatus::Doomed(doomed) if doomed == number => {
                return Some(Error::TimedOut { name: name(), limit });
            }
            TaskStatus::Runs(at) | TaskStatus::Finished(at) | TaskStatus::Doomed(at) => {
                number <= at
            }
        };
        match options.on_death {
            _ if !begun => None,
            OnDeath::Report => Some(Error::Died { name: name(), pid, status }),
            OnDeath::RunAgain { limit } => {
                let of_it = u32::from(last == TaskStatus::Runs(number));
                // Relaxed: one supervisor has the task at a time; the pool's lock orders them.
                let deaths = self.deaths.fetch_add(of_it, Relaxed) + of_it;
                let is_poison = of_it > 0 && deaths >= limit;
                is_poison.then(|| Error::Poison { name: name(), deaths, pid, status })
            }
        }
    }

    /// Takes the outcome if the task is over; otherwise stores the waker, which is woken then.
    pub(crate) fn take(&self, waker: Option<&Waker>) -> Option<Outcome<T::Output>> {
        // Wakers are cloned and dropped without the lock: their code is the caller's.
        let waker = waker.cloned();
        self.take_or(|| waker.map(Waits::Waker))
    }

    /// Stores a callback; returns it with the outcome if the task is over.
    pub(crate) fn call(&self, callback: Callback<T::Output>) -> Option<Call> {
        let mut callback = Some(callback);
        let outcome = self.take_or(|| callback.take().map(Waits::Callback))?;
        let callback = callback?;
        Some(Box::new(move || callback(outcome)))
    }

    /// Takes the outcome if the task is over; otherwise stores what waits for it.
    fn take_or(
        &self,
        waits: impl FnOnce() -> Option<Waits<T::Output>>,
    ) -> Option<Outcome<T::Output>> {
        let mut state = self.state();
        if let Stage::Open(there) = &mut state.stage {
            let before = waits().map(|waits| std::mem::replace(there, waits));
            drop(state);
            drop(before);
            return None;
        }
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Over(outcome) => Some(outcome.map_err(|error| *error)),
            Stage::Open(_) | Stage::Taken => panic!("the outcome of the task was taken before"),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state().stage, Stage::Open(_))
    }
}
