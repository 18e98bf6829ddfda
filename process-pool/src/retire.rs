//! Workers that end after so many tasks, and others that take their place.
//!
//! What a task leaks, its worker keeps: a library that loses memory, a cache that grows, a file
//! that is not closed. A process that ends gives all of it back. So a worker may be replaced after
//! so many tasks; Python calls that `maxtasksperchild`. The price is the start of a process, every
//! so many tasks.

use std::path::Path;

use tracing::info_span;

use crate::Error;
use crate::act::{Act, Doing};
use crate::scene::Scene;

/// How many tasks there are, each of which leaks a MiB.
pub const TASKS: u64 = 12;
/// How many workers there are at a time.
pub const WORKERS: usize = 2;

/// Says who ran the tasks, and what was leaked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workers {
    /// The processes, in the order of their first task, and how many each has run.
    pub ran: Vec<(u32, usize)>,
    /// The most that one of them has leaked, in MiB.
    pub leaked: u64,
}

/// Has the tasks run by workers that stay, or that retire after so many.
///
/// # Errors
/// What the pool or a handle says.
pub fn run(program: &Path, retire_after: Option<u64>) -> Result<Workers, Error> {
    let scene = Scene::new(program)?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let builder = scene.workers(WORKERS);
    let pool = match retire_after {
        Some(tasks) => builder.retire_after(tasks),
        None => builder,
    }
    .build()?;
    let waits = info_span!("waits", what = "the answers");
    let answers = pool.map((1..=TASKS).map(|number| Act::task(number, Doing::Leak)));
    drop(waits);
    let (mut ran, mut leaked) = (Vec::<(u32, usize)>::new(), 0);
    for answer in answers {
        let answer = answer?;
        leaked = leaked.max(answer.value);
        match ran.iter_mut().find(|(pid, _)| *pid == answer.pid) {
            Some((_, count)) => *count += 1,
            None => ran.push((answer.pid, 1)),
        }
    }
    Ok(Workers { ran, leaked })
}
