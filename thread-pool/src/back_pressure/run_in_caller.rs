//! Who submits to a full queue runs the task, and submits nothing meanwhile: no task is lost, and
//! the producer is slowed down by work.

use super::{BuildError, Outcome, Plan, Scene};
use crate::{Builder, Pool, WhenFull};

/// Opens the gate when the producer stands at it, with the first task that found no room.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// For ever, if there are not more tasks than find room.
pub fn run(plan: Plan) -> Result<Outcome, BuildError> {
    let scene = Scene::new(plan, Builder::new().queue(plan.bound, WhenFull::RunInCaller))?;
    Ok(scene.play(|pool, job| pool.execute(job), |book| book.until(|page| page.by_producer == 1)))
}
