//! Who submits to a full queue waits: the producer becomes as slow as the workers, and so does
//! whoever waits for the producer.

use tracing::info_span;

use super::{BuildError, Outcome, Plan, Scene};
use crate::{Builder, ChannelPool, Pool, WhenFull};

/// Opens the gate when the producer has one task in its hands that does not fit: the workers have
/// theirs, and the queue is full.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// For ever, if there are not more tasks than find room.
pub fn run(plan: Plan) -> Result<Outcome, BuildError> {
    let scene = Scene::new(plan, Builder::new().queue(plan.bound, WhenFull::Block))?;
    let submit = |pool: &ChannelPool, job| {
        let _waits = info_span!("waits", what = "room");
        pool.execute(job)
    };
    Ok(scene.play(submit, |book| book.until(|page| page.alive == plan.workers + plan.bound + 1)))
}
