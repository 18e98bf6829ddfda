//! A task that hangs, and two kinds of time limit.
//!
//! A limit for waiting ends the waiting: the task goes on, and keeps its worker. A limit for the
//! task ends the task: its worker is killed, which a process allows and a thread does not, and a
//! new one takes its place.

use std::path::Path;
use std::time::Duration;

use tracing::info_span;

use crate::act::{Act, Doing};
use crate::job::Job;
use crate::scene::{Scene, What};
use crate::{Error, OnDeath, Options};

/// How long a task may take, or may be waited for.
pub const LIMIT: Duration = Duration::from_millis(50);

/// Says what became of the task that hangs, and of the one behind it.
#[derive(Debug)]
pub struct Came {
    /// What is said of the task that hangs.
    pub hangs: Option<Error>,
    /// The task behind it has been run.
    pub next_ran: bool,
    /// The worker that had the task that hangs, and the one that ran the next, if one did.
    pub workers: (u32, Option<u32>),
}

/// One worker, a task that hangs, and one behind it.
fn run(program: &Path, time_limit: Option<Duration>) -> Result<Came, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(1).build()?;
    let options = Options { on_death: OnDeath::Report, time_limit };
    let mut hangs = pool.submit_with(Act::job(1, Job::Hang), options);
    let begun =
        scene.until(1, |what| if let What::Begins(task) = what { Some(task) } else { None })?;
    let mut next = pool.submit(Act::task(2, Doing::Nothing));
    let _lane = info_span!("lane", lane = "caller").entered();
    let _waits = info_span!("waits", what = "task 1");
    // Without a limit for the task, the next one is never run, however long one waits.
    let (hangs, next): (_, Option<_>) = match time_limit {
        None => (hangs.wait_timeout(LIMIT), next.wait_timeout(LIMIT)),
        Some(_) => (Some(hangs.wait()), Some(next.wait())),
    };
    let next = next.transpose()?;
    pool.terminate();
    let workers = (begun[0].0, next.as_ref().map(|answer| answer.pid));
    Ok(Came { hangs: hangs.and_then(Result::err), next_ran: next.is_some(), workers })
}

/// Waits for the task that hangs, and for the one behind it, with a limit each.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn for_waiting(program: &Path) -> Result<Came, Error> {
    run(program, None)
}

/// Gives the task a limit.
///
/// # Errors
/// As [`for_waiting`].
pub fn for_the_task(program: &Path) -> Result<Came, Error> {
    run(program, Some(LIMIT))
}
