//! Ten tasks, four workers: everything is submitted, then the answers are taken in the order of the tasks.

use std::path::Path;

use tracing::info_span;

use crate::act::{Act, Doing};
use crate::job::{Answer, Job};
use crate::scene::Scene;
use crate::{Error, Handle};

/// How many worker processes there are.
pub const WORKERS: usize = 4;

/// The tasks: the primes below 10 000, 20 000, and so on; the last takes longest.
pub fn tasks() -> [Job; 10] {
    std::array::from_fn(|index| {
        let number = index as u64 + 1;
        Act::task(number, Doing::Job(Box::new(Job::PrimesBelow(10_000 * number))))
    })
}

/// Runs the tasks on workers that are `program`, which has to be this topic's binary; returns an answer for each, in the tasks' order.
///
/// # Errors
/// What the pool or a handle says.
pub fn run(program: &Path) -> Result<Vec<Answer>, Error> {
    let scene = Scene::new(program)?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let submits = info_span!("runs", what = "submits");
    let pool = scene.workers(WORKERS).build()?;
    let handles = tasks().map(|task| pool.submit(task));
    drop(submits);
    let _waits = info_span!("waits", what = "the answers");
    handles.into_iter().map(Handle::wait).collect()
}
