//! What each worker does before its first task, and where what it prepares is found.
//!
//! A worker is this program once more, from its beginning: what the caller has put into a static
//! before is not there. The initializer runs in the worker, and leaves what all its tasks will
//! find. When it fails, the worker is of no use: the pool says why, at once.

use std::path::Path;

use crate::act::{Act, Doing, prepare};
use crate::job::Job;
use crate::{Builder, Error};

/// How many workers there are.
pub const WORKERS: usize = 4;
/// How many tasks look something up in the table.
pub const TASKS: usize = 20;

/// Says who found the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    /// So many tasks found none, and had to make it.
    pub missed: usize,
    /// So many workers ran the tasks.
    pub workers: usize,
}

fn look_up(builder: Builder) -> Result<Tables, Error> {
    let pool = builder.build()?;
    let answers = pool.map((1..=TASKS as u64).map(|number| Act::task(number, Doing::LookUp)));
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut pids: Vec<_> = answers.iter().map(|answer| answer.pid).collect();
    pids.sort_unstable();
    pids.dedup();
    Ok(Tables {
        missed: answers.iter().filter(|answer| answer.value == 1).count(),
        workers: pids.len(),
    })
}

fn builder(program: &Path) -> Builder {
    Builder::new().workers(WORKERS).program(program)
}

/// Has the caller make the table, before there is a pool.
///
/// # Errors
/// What the pool or a handle says.
pub fn in_the_caller(program: &Path) -> Result<Tables, Error> {
    prepare();
    look_up(builder(program))
}

/// Has each worker make it, before its first task.
///
/// # Errors
/// What the pool or a handle says.
pub fn in_each_worker(program: &Path) -> Result<Tables, Error> {
    look_up(builder(program).initializer(&Act::task(0, Doing::Prepare)))
}

/// Has the initializer panic; returns why there is no pool. (In Python, `multiprocessing.Pool`
/// starts workers for ever.)
pub fn fails(program: &Path) -> Option<String> {
    let panics = Job::Panic("no licence".to_owned());
    builder(program).initializer(&panics).build::<Job>().err().map(|error| error.to_string())
}
