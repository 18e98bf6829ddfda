//! No bound, as pools have it if nobody asks for one: the queue is as long as the producer goes on.

use super::{BuildError, Outcome, Plan, Scene};
use crate::{Builder, Pool};

/// Opens the gate when the producer has submitted everything. It never had to wait, and was never
/// told that nobody keeps up.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
pub fn run(plan: Plan) -> Result<Outcome, BuildError> {
    let scene = Scene::new(plan, Builder::new())?;
    Ok(scene.play(
        |pool, job| pool.execute(job),
        |book| book.until(|page| page.submitted == plan.tasks),
    ))
}
