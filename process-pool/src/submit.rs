//! Ten tasks, four workers: everything is submitted, then the answers are taken in the order of the
//! tasks. And a task that its caller takes back: it can, as long as no worker has it.

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
        Act::job(number, Job::PrimesBelow(10_000 * number))
    })
}

/// Runs the tasks on workers that are `program`, which has to be this topic's binary; returns an
/// answer for each, in the tasks' order.
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

/// Says what became of two tasks that were cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// The one that ran was cancelled.
    pub runs: bool,
    /// The one that was queued was cancelled.
    pub queued: bool,
    /// So many of the two were done all the same.
    pub done: usize,
}

/// Cancels a task that its worker has begun, for it waits at the gate, and one that is queued
/// behind it.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn cancel(program: &Path) -> Result<Cancelled, Error> {
    let scene = Scene::new(program)?;
    // One task to a message: the second stays in the pool's queue.
    let pool = scene.workers(1).chunk(1).build()?;
    let runs = pool.submit(Act::task(1, Doing::Gate));
    let at_gate = scene.until_at_gate(1)?;
    let queued = pool.submit(Act::task(2, Doing::Nothing));
    let cancelled = (runs.cancel(), queued.cancel());
    at_gate.iter().for_each(|(pid, _)| scene.open(*pid));
    let done = [runs.wait(), queued.wait()].iter().filter(|outcome| outcome.is_ok()).count();
    Ok(Cancelled { runs: cancelled.0, queued: cancelled.1, done })
}
