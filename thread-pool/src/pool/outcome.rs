//! The outcome of a task.

use std::any::Any;
use std::fmt;
use std::panic::resume_unwind;
use std::task::Waker;

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

/// A task as its handle sees it, whatever the work is.
///
/// # Safety
/// Only the one handle may call `call_when_done` and `take`, from one thread at a time.
#[expect(unsafe_code, reason = "that there is one handle is its type's to see to")]
pub(crate) trait End<T>: Send + Sync {
    fn is_done(&self) -> bool;
    fn give_up(&self, why: TaskError) -> bool;
    fn handle_dropped(&self);
    fn wake_when_done(&self, waker: &Waker) -> bool;
    unsafe fn call_when_done(&self, callback: Callback<T>);
    unsafe fn take(&self) -> Option<Outcome<T>>;
}

/// A function that is called with the outcome.
pub(crate) type Callback<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

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

pub(crate) fn go_on(panic: Option<Payload>) {
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}
