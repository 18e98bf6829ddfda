//! Workers that retire: each ends after a number of tasks, and another takes its place.
//!
//! What a task leaks, its worker keeps: a library that loses memory, a cache that grows, a file that
//! is not closed. A process that ends returns all of it to the system. Python calls the limit
//! `maxtasksperchild`. Its price is the start of a process, once in that number of tasks.

use tracing::info_span;

use crate::lesson_task::{LessonTask, Work};
use crate::observer::Observer;
use crate::static_task::StaticTask;
use crate::{Builder, Error};

/// The number of tasks, each of which leaks a MiB.
pub const TASKS: u64 = 12;
/// The number of workers at a time.
pub const WORKERS: usize = 2;

/// Runs the tasks on workers that stay, or that retire after a number of tasks.
pub fn run(observer: &Observer, retire_after: Option<u64>) -> Result<Leaks, Error> {
    let _lane = info_span!("lane", lane = "caller").entered();
    let builder = retire_after.into_iter().fold(Builder::new(), Builder::retire_after);
    let pool = observer.pool(WORKERS, builder)?;
    let waits = info_span!("waits", what = "the answers");
    let answers =
        pool.map((1..=TASKS).map(|number| LessonTask::new(number, Work::Static(StaticTask::Leak))));
    drop(waits);
    let mut leaks = Leaks { ran: Vec::new(), leaked: 0 };
    for answer in answers {
        let answer = answer?;
        leaks.leaked = leaks.leaked.max(answer.value);
        match leaks.ran.iter_mut().find(|(pid, _)| *pid == answer.pid) {
            Some((_, count)) => *count += 1,
            None => leaks.ran.push((answer.pid, 1)),
        }
    }
    Ok(leaks)
}

/// Which workers ran the tasks, and how much was leaked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaks {
    /// The workers, in the order of their first task, and how many tasks each has run.
    pub ran: Vec<(u32, usize)>,
    /// The most that one of them has leaked, in MiB.
    pub leaked: u64,
}
