//! What a caller may choose for a task.

use std::time::Duration;

/// What becomes of a task whose worker died while it ran the task, or before its answer was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDeath {
    /// The task is over, with [`Error::Died`](crate::Error::Died): at-most-once. A task that is not
    /// idempotent needs this.
    #[default]
    Report,
    /// The task is run again: at-least-once. When `limit` workers have died while they ran it, it
    /// is over, with [`Error::Poison`](crate::Error::Poison).
    RunAgain {
        /// The number of workers that may die of it.
        limit: u32,
    },
}

/// The options of a single task; all others have those of the [`Builder`](crate::Builder).
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What becomes of the task if its worker dies.
    pub on_death: OnDeath,
    /// The timeout of the task, after which its worker is killed. A worker that does not begin the
    /// task for as long (2 s at the least, and 10 s without a limit) although it is idle is killed
    /// as well, and another runs the task.
    pub time_limit: Option<Duration>,
}

/// What the caller chose for a task, or for many.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) options: Options,
    /// The chunk size, if the pool is not to adapt it.
    pub(crate) chunk: Option<usize>,
}
