//! The reasons why a task has no result, or why there is no pool.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// A reason why a task has no result, or why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The worker died while it had the task, which was not to be run again. Whether the task took
    /// effect is not known.
    #[error("{name}: worker {pid} died with it ({})", ended(*status))]
    Died {
        /// The task's name.
        name: String,
        /// The PID of the worker.
        pid: u32,
        /// Its exit status; `None` where something else in this program has collected it, or the
        /// system was told to (SIGCHLD ignored).
        status: Option<ExitStatus>,
    },
    /// The task is dead-lettered: workers died while they ran it, as many as its limit.
    #[error("{name} is poison: {deaths} workers died of it, the last one {pid} ({})", ended(*status))]
    Poison {
        /// The task's name.
        name: String,
        /// The number of workers that died.
        deaths: u32,
        /// The PID of the last one.
        pid: u32,
        /// Its exit status; `None` where something else in this program has collected it, or the
        /// system was told to (SIGCHLD ignored).
        status: Option<ExitStatus>,
    },
    /// The task ran into its timeout, and its worker was killed.
    #[error("{name} was killed: it ran longer than {}", spaced(*limit))]
    TimedOut {
        /// The task's name.
        name: String,
        /// The timeout.
        limit: Duration,
    },
    /// The task panicked. The worker lives.
    #[error("{name}: {message}")]
    Panicked {
        /// The task's name.
        name: String,
        /// The message of the panic, and where it was.
        message: String,
    },
    /// The task, or its result, cannot be serialized, or not be deserialized again.
    #[error("{name}: {what} did not get across: {why}")]
    NotSent {
        /// The task's name.
        name: String,
        /// Which of the two.
        what: &'static str,
        /// The error of serde, or of the type's own code.
        why: String,
    },
    /// The task was cancelled before a worker had it.
    #[error("cancelled")]
    Cancelled,
    /// The pool was shut down before the task was over.
    #[error("the pool was shut down")]
    Closed,
    /// No worker could be started, or none could be started any more.
    #[error("no worker: {0}")]
    NoWorker(String),
    /// A setting of the builder is refused.
    #[error("{0}")]
    Refused(String),
    /// The system refused a process, a thread, a socket or memory.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Returns an exit status as a text.
pub(crate) fn ended(status: Option<ExitStatus>) -> String {
    status.map_or_else(
        || "its exit status was collected elsewhere".to_owned(),
        |status| status.to_string(),
    )
}

/// Returns a duration as people write it: `50 ms`.
pub(crate) fn spaced(duration: Duration) -> String {
    let text = format!("{duration:?}");
    let unit = text.find(char::is_alphabetic).unwrap_or(text.len());
    format!("{} {}", &text[..unit], &text[unit..])
}
