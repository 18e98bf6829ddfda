//! Asks for each result right after its submit: ten workers, of which nine never have anything to
//! do.
//!
//! This is the slip that makes a pool a slow way of calling a function. In Python it reads
//! `executor.submit(task, n).result()`. Nothing has to be widened here: the next task is not even
//! submitted before the last one has ended.

use super::{BuildError, Outcome, Tasks, result};

/// Runs the tasks `1` to `tasks` on a pool of so many workers.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// Until all have been run, one after the other.
pub fn run(tasks: u64, workers: usize) -> Result<Outcome, BuildError> {
    let shared = Tasks::alone(workers)?;
    let results = (1..=tasks).map(|number| result(shared.submit(shared.task(number)))).collect();
    Ok(shared.outcome(results))
}
