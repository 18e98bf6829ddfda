//! What each worker does before its first task, and where what it prepares is found.
//!
//! A worker is this program once more, from its beginning: what the caller has put into a static
//! before is not there. The initializer runs in the worker, and leaves what all its tasks will
//! find. When it fails, the worker is of no use: the pool returns why, at once. (Python's
//! `multiprocessing.Pool` starts workers for ever.)

use std::collections::BTreeSet;
use std::path::Path;

use crate::lesson_task::{LessonTask, Work};
use crate::static_task::{StaticTask, prepare};
use crate::{Builder, Error};

/// The number of workers.
pub const WORKERS: usize = 4;
/// The number of tasks that look something up in the table.
pub const TASKS: usize = 20;

/// Makes the table in the caller, before there is a pool.
pub fn in_the_caller(program: &Path) -> Result<TableUse, Error> {
    prepare();
    look_up(builder(program))
}

/// Makes the table in each worker, before its first task.
pub fn in_each_worker(program: &Path) -> Result<TableUse, Error> {
    look_up(builder(program).initializer(&task(0)))
}

/// Builds a pool whose initializer panics; returns why there is no pool.
pub fn fails(program: &Path) -> Result<String, Error> {
    let panics = LessonTask::new(0, Work::Panic("no licence".to_owned()));
    match builder(program).initializer(&panics).build::<LessonTask>() {
        Err(error) => Ok(error.to_string()),
        Ok(_) => Err(Error::Refused("there is a pool".to_owned())),
    }
}

/// How many workers had the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableUse {
    /// The number of tasks that found no table, and had to make it.
    pub missed: usize,
    /// The number of workers that ran the tasks.
    pub workers: usize,
}

fn task(number: u64) -> LessonTask {
    LessonTask::new(number, Work::Static(StaticTask::LookUp))
}

fn look_up(builder: Builder) -> Result<TableUse, Error> {
    let pool = builder.build()?;
    let tasks = (1..=TASKS as u64).map(task);
    let answers = pool.map(tasks).into_iter().collect::<Result<Vec<_>, _>>()?;
    let pids: BTreeSet<_> = answers.iter().map(|answer| answer.pid).collect();
    let missed = answers.iter().filter(|answer| answer.value == 1).count();
    Ok(TableUse { missed, workers: pids.len() })
}

fn builder(program: &Path) -> Builder {
    Builder::new().workers(WORKERS).program(program)
}
