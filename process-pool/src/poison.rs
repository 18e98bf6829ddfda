//! A poison task: it kills every worker that runs it.
//!
//! To run a task again is right if its worker died of something else. If it died of the task, the
//! next worker dies as well. The pool cannot tell which it was; so there is a limit, after which the
//! task is dead-lettered: its handle gets an error that names it.

use crate::lesson_task::{LessonTask, Work};
use crate::observer::{Observer, Report};
use crate::{Builder, Error, Handle, OnDeath};

/// The number of other tasks.
pub const OTHERS: usize = 9;
/// The number of deaths after which a lesson without a limit ends its pool.
pub const BOUND: usize = 10;

/// Runs one task that kills its worker and nine that do not, on two workers. The task is run again
/// until `limit` workers have died of it; without a limit, the pool is ended after [`BOUND`] deaths.
pub fn run(observer: &Observer, limit: Option<u32>) -> Result<PoisonOutcome, Error> {
    let again = OnDeath::RunAgain { limit: limit.unwrap_or(u32::MAX) };
    let pool = observer.pool(2, Builder::new().on_death(again))?;
    let work = |number| if number == 1 { Work::Kill { with_lock: false } } else { Work::Nothing };
    let tasks = (1..=1 + OTHERS as u64).map(|number| LessonTask::new(number, work(number)));
    let mut handles = pool.submit_all(tasks);
    let poison = handles.remove(0);
    let wanted = limit.map_or(BOUND, |limit| limit as usize);
    let gone = |report| (report == Report::Gone).then_some(0);
    let deaths = observer.wait_for(wanted, gone)?.len();
    let others = handles.into_iter().map(Handle::wait).filter(Result::is_ok).count();
    if limit.is_none() {
        pool.terminate();
    }
    Ok(PoisonOutcome { deaths, poison: poison.wait().err(), others })
}

/// What a poison task did.
#[derive(Debug)]
pub struct PoisonOutcome {
    /// The number of workers that died.
    pub deaths: usize,
    /// The poison task's error.
    pub poison: Option<Error>,
    /// The number of other tasks that have a result.
    pub others: usize,
}
