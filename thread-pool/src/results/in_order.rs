//! Submits all tasks first, and then asks for the results, in the order of the submission.
//!
//! The first result may be the last to come: it is waited for, while the others lie ready. All in
//! all that takes no longer, for the last one has to be waited for anyway.

use super::{BuildError, Handle, Outcome, Tasks, result};

/// Runs the tasks `1` to `tasks` on a pool of so many workers.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// Until all have been run; for ever, if there are fewer tasks than workers.
pub fn run(tasks: u64, workers: usize) -> Result<Outcome, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    // Collected: an iterator is lazy, and would submit each task when its result is asked for, one
    // at a time.
    let handles: Vec<Handle<u64>> =
        (1..=tasks).map(|number| shared.submit(shared.task(number))).collect();
    let results = handles.into_iter().map(result).collect();
    Ok(shared.outcome(results))
}
