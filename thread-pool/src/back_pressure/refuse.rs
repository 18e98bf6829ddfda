//! Who submits to a full queue gets the task back at once, and decides: drop it, try later, go
//! elsewhere. Here it is dropped.

use super::{BuildError, Outcome, Plan, Scene};
use crate::{Builder, Pool, WhenFull};

/// Opens the gate when the producer has submitted everything: what found no room was handed back.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
pub fn run(plan: Plan) -> Result<Outcome, BuildError> {
    let scene = Scene::new(plan, Builder::new().queue(plan.bound, WhenFull::Reject))?;
    // In an error of this kind there is the job: to drop it is to drop the error.
    Ok(scene.play(
        |pool, job| pool.execute(job),
        |book| book.until(|page| page.submitted == plan.tasks),
    ))
}
