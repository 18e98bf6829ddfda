//! Ten tasks, four workers: everything is submitted, then the answers are taken in the order of the tasks.

use std::path::Path;

use tracing::info_span;

use crate::job::{Answer, Job};
use crate::{Builder, Error, Handle};

/// How many worker processes there are.
pub const WORKERS: usize = 4;

/// The tasks: the primes below 10 000, 20 000, and so on; the last takes longest.
pub fn tasks() -> [Job; 10] {
    std::array::from_fn(|index| Job::PrimesBelow(10_000 * (index as u64 + 1)))
}

/// Runs the tasks on workers that are `program`, which has to be this topic's binary; returns an answer for each, in the tasks' order.
///
/// # Errors
/// What the pool or a handle says.
pub fn run(program: &Path) -> Result<Vec<Answer>, Error> {
    let _lane = info_span!("lane", lane = "caller").entered();
    let submits = info_span!("runs", what = "submits");
    let pool = Builder::new().workers(WORKERS).program(program).build()?;
    let handles = tasks().map(|task| pool.submit(task));
    drop(submits);
    let _waits = info_span!("waits", what = "the answers");
    handles.into_iter().map(Handle::wait).collect()
}
