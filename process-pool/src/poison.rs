//! A task that kills every worker that runs it.
//!
//! To run a task again is right if its worker died of something else. If it died of the task, the
//! next worker dies as well, and the next. The pool cannot tell which it was; so there is a limit,
//! after which the task is given up, and named.

use std::path::Path;

use crate::act::{Act, Doing};
use crate::job::{Death, Job};
use crate::scene::{Scene, What};
use crate::{Error, Handle, OnDeath, Outcome};

/// How many tasks there are besides.
pub const OTHERS: usize = 9;
/// As many deaths are enough to see that it would not end.
pub const BOUND: usize = 10;

/// Says what the poison did.
#[derive(Debug)]
pub struct Came {
    /// So many workers died.
    pub deaths: usize,
    /// What is said of the poison.
    pub poison: Option<Error>,
    /// So many of the other tasks have a result.
    pub others: usize,
}

/// Runs one task that kills its worker and nine that do not, on two workers. A worker that dies has
/// its task run again up to `limit` times; the pool is ended after [`BOUND`] deaths, if it comes to
/// that.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn run(program: &Path, limit: Option<u32>) -> Result<Came, Error> {
    let scene = Scene::new(program)?;
    let again = OnDeath::RunAgain { limit: limit.unwrap_or(u32::MAX) };
    let pool = scene.workers(2).on_death(again).build()?;
    let tasks = (1..=1 + OTHERS as u64).map(|number| match number {
        1 => Act::job(number, Job::Die(Death::Kill)),
        _ => Act::task(number, Doing::Nothing),
    });
    let mut handles = pool.submit_all(tasks);
    let poison = handles.remove(0);
    let done =
        |outcomes: Vec<Outcome<_>>| outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let wanted = limit.map_or(BOUND, |limit| limit as usize);
    let deaths = scene.until(wanted, |what| (what == What::Gone).then_some(0))?.len();
    let others = done(handles.into_iter().map(Handle::wait).collect());
    if limit.is_none() {
        pool.terminate();
    }
    Ok(Came { deaths, poison: poison.wait().err(), others })
}
