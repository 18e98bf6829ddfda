//! A task that hangs, and two kinds of timeout.
//!
//! A timeout of the wait ends the wait: the task goes on, and keeps its worker. A timeout of the task
//! ends the task: its worker is killed, which is possible with a process and not with a thread, and
//! a new one takes its place.

use std::time::Duration;

use tracing::info_span;

use crate::lesson_task::{LessonTask, Work};
use crate::observer::{Observer, Report};
use crate::{Builder, Error, OnDeath, Options};

/// The timeout of the task, or of each wait.
pub const LIMIT: Duration = Duration::from_millis(50);

/// Waits for a task that hangs and for the one behind it, on one worker: each with a timeout, or the
/// first has a time limit.
pub fn run(observer: &Observer, time_limit: Option<Duration>) -> Result<TimeoutOutcome, Error> {
    let pool = observer.pool(1, Builder::new())?;
    let options = Options { on_death: OnDeath::Report, time_limit };
    let mut hangs = pool.submit_with(LessonTask::new(1, Work::Hang), options);
    let begins = |report| if let Report::Begins(task) = report { Some(task) } else { None };
    let worker = observer.wait_for(1, begins)?[0].0;
    let mut next = pool.submit(LessonTask::new(2, Work::Nothing));
    let _lane = info_span!("lane", lane = "caller").entered();
    let _waits = info_span!("waits", what = "task 1");
    // Without a timeout of the task, the next one is never run, however long one waits.
    let (hangs, next): (_, Option<_>) = match time_limit {
        None => (hangs.wait_timeout(LIMIT), next.wait_timeout(LIMIT)),
        Some(_) => (Some(hangs.wait()), Some(next.wait())),
    };
    let next_worker = next.transpose()?.map(|answer| answer.pid);
    pool.terminate();
    Ok(TimeoutOutcome { hangs: hangs.and_then(Result::err), worker, next_worker })
}

/// The outcomes of a task that hangs and of the one behind it.
#[derive(Debug)]
pub struct TimeoutOutcome {
    /// The error of the task that hangs, if it has come to an end.
    pub hangs: Option<Error>,
    /// The worker that had the task that hangs.
    pub worker: u32,
    /// The worker that ran the task behind it, if one did.
    pub next_worker: Option<u32>,
}
