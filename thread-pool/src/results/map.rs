//! Leaves it to the pool: a function and its inputs, and the results in the order of the inputs.
//! What [`in_order`](super::in_order) does by hand.

use super::{BuildError, Outcome, Pool, Tasks};

/// Runs the tasks `1` to `tasks` on a pool of so many workers.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// Until all have been run; for ever, if there are fewer tasks than workers.
pub fn run(tasks: u64, workers: usize) -> Result<Outcome, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    let each: Vec<_> = (1..=tasks).map(|number| shared.task(number)).collect();
    let outcomes =
        shared.pool.map(each, |task| task()).expect("it has no bound, and is not shut down");
    let results = outcomes.into_iter().map(|outcome| outcome.expect("no task panics")).collect();
    Ok(shared.outcome(results))
}
