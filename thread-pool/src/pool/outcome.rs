//! The outcome of a task.

use std::any::Any;
use std::fmt;
use std::panic::resume_unwind;

/// The outcome of a task: its result, or why there is none.
pub type Outcome<T> = Result<T, TaskError>;

/// The payload of a panic, as [`std::thread::JoinHandle::join`] returns it.
pub(crate) type Payload = Box<dyn Any + Send>;

/// Why a task has no result.
pub enum TaskError {
    /// It panicked, with this payload; `std::panic::resume_unwind` goes on with the panic.
    Panicked(Box<dyn Any + Send>),
    /// It was cancelled before it began.
    Cancelled,
    /// It was dropped before it began: handed back by a pool that was shut down, and not run.
    Dropped,
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

/// Resumes a panic, if there is one.
pub(crate) fn go_on(panic: Option<Payload>) {
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}
