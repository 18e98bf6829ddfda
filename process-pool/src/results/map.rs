//! Results in the order of the tasks, whatever order they come in.
//!
//! `map` submits all tasks before it asks for a result; a caller that asks for each right after its
//! submit has a pool of one. Each task has a result of its own: one that fails has an error in its
//! place, and takes no other with it.

use std::path::Path;
use std::thread;

use tracing::info_span;

use crate::act::{Act, Doing};
use crate::job::Job;
use crate::scene::{Scene, What};
use crate::{Error, Handle};

/// How many tasks there are.
pub const TASKS: u64 = 10;
/// How many workers there are.
pub const WORKERS: usize = 4;

/// Says what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Results {
    /// The tasks, in the order in which their results were returned.
    pub order: Vec<String>,
    /// So many tasks were at work at once, at the most.
    pub at_work: u64,
}

/// The names of the tasks, in order.
pub fn in_order() -> Vec<String> {
    (1..=TASKS).map(|number| format!("task {number}")).collect()
}

/// Asks for each result right after the submit.
///
/// # Errors
/// What the pool or a handle says.
pub fn one_at_a_time(program: &Path) -> Result<Results, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).build()?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let results = (1..=TASKS).map(|number| {
        let handle = pool.submit(Act::task(number, Doing::Counted { gate: false }));
        let _waits = info_span!("waits", what = number);
        handle.wait()
    });
    let answers = results.collect::<Result<Vec<_>, _>>()?;
    let at_work = answers.iter().map(|answer| answer.value).max().unwrap_or(0);
    Ok(Results { order: answers.into_iter().map(|answer| answer.text).collect(), at_work })
}

/// Maps. The first four tasks wait for each other at the gate; and the very first stays there until
/// all others are over.
///
/// # Errors
/// What the pool or a handle says, or a worker that says nothing.
pub fn map(program: &Path) -> Result<Results, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).chunk(1).build()?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let tasks = (1..=TASKS)
        .map(|number| Act::task(number, Doing::Counted { gate: number <= WORKERS as u64 }));
    let outcomes = thread::scope(|scope| {
        let opens = scope.spawn(|| {
            let at_gate = scene.until_at_gate(WORKERS)?;
            let (first, others): (Vec<_>, Vec<_>) =
                at_gate.into_iter().partition(|(_, task)| *task == 1);
            others.iter().for_each(|(pid, _)| scene.open(*pid));
            scene.until(TASKS as usize - 1, |what| {
                if let What::Ends(task) = what { Some(task) } else { None }
            })?;
            first.iter().for_each(|(pid, _)| scene.open(*pid));
            Ok::<_, Error>(())
        });
        let waits = info_span!("waits", what = "the results");
        let outcomes = pool.map(tasks);
        drop(waits);
        opens.join().expect("it does not panic").map(|()| outcomes)
    })?;
    let answers = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    let at_work = answers.iter().map(|answer| answer.value).max().unwrap_or(0);
    Ok(Results { order: answers.into_iter().map(|answer| answer.text).collect(), at_work })
}

/// Maps ten tasks, of which the fifth panics; returns what came of each, an error by its text.
///
/// # Errors
/// What the pool says.
pub fn one_fails(program: &Path) -> Result<Vec<Result<String, String>>, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).build()?;
    let tasks = (1..=TASKS).map(|number| match number {
        5 => Act::job(number, Job::Panic("no such luck".to_owned())),
        _ => Act::task(number, Doing::Nothing),
    });
    let told = |outcome: Result<crate::job::Answer, Error>| match outcome {
        Ok(answer) => Ok(answer.text),
        Err(error) => Err(error.to_string()),
    };
    Ok(pool.submit_all(tasks).into_iter().map(Handle::wait).map(told).collect())
}
