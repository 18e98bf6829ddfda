//! Why there is no result, or no pool.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// Says why a task has no result, or why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The worker died with the task in its hands, and it was not to be run again. Whether it was
    /// done is not known.
    #[error("{name}: worker {pid} died with it ({})", ended(*status))]
    Died {
        /// The task's name.
        name: String,
        /// The worker's process.
        pid: u32,
        /// Its exit status; `None` where something else in this program has collected it, or the
        /// system was told to (SIGCHLD ignored).
        status: Option<ExitStatus>,
    },
    /// So many workers died while they ran this very task that it is given up.
    #[error("{name} is poison: {deaths} workers died of it, the last one {pid} ({})", ended(*status))]
    Poison {
        /// The task's name.
        name: String,
        /// How many workers died.
        deaths: u32,
        /// The last one's process.
        pid: u32,
        /// Its exit status; `None` where something else in this program has collected it, or the
        /// system was told to (SIGCHLD ignored).
        status: Option<ExitStatus>,
    },
    /// It ran longer than it might, and its worker was killed.
    #[error("{name} was killed: it ran longer than {}", spaced(*limit))]
    TimedOut {
        /// The task's name.
        name: String,
        /// How long it might have run.
        limit: Duration,
    },
    /// It panicked. The worker lives.
    #[error("{name}: {message}")]
    Panicked {
        /// The task's name.
        name: String,
        /// What the panic said, and where.
        message: String,
    },
    /// The task, or its result, cannot be written as bytes, or not be read again.
    #[error("{name}: {what} did not get across: {why}")]
    NotSent {
        /// The task's name.
        name: String,
        /// Which of the two.
        what: &'static str,
        /// What serde, or what it calls, says.
        why: String,
    },
    /// It was cancelled before a worker had it.
    #[error("cancelled")]
    Cancelled,
    /// The pool was shut down first.
    #[error("the pool was shut down")]
    Closed,
    /// No worker could be started, or none any more.
    #[error("no worker: {0}")]
    NoWorker(String),
    /// The builder was asked for something that cannot be.
    #[error("{0}")]
    Refused(String),
    /// The system refused a process, a thread, a socket or memory.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Writes an exit status, if there is one.
pub(crate) fn ended(status: Option<ExitStatus>) -> String {
    status.map_or_else(
        || "its exit status was collected elsewhere".to_owned(),
        |status| status.to_string(),
    )
}

/// Says a duration as people write it: `50 ms`.
pub(crate) fn spaced(duration: Duration) -> String {
    let text = format!("{duration:?}");
    let unit = text.find(char::is_alphabetic).unwrap_or(text.len());
    format!("{} {}", &text[..unit], &text[unit..])
}
