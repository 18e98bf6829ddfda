//! Results in the order of the tasks, whatever order they come in.
//!
//! `map` submits all tasks before it waits for a result; a caller that waits for each right after
//! its submit has a pool of one. Each task has a result of its own: one that fails has an error in
//! its place, and costs no other its result.

use std::thread;

use tracing::info_span;

use crate::lesson_task::{Answer, LessonTask, Work};
use crate::observer::{Observer, Report};
use crate::shared_task::SharedTask;
use crate::{Builder, Error, Handle, Outcome};

/// The number of tasks.
pub const TASKS: u64 = 10;
/// The number of workers.
pub const WORKERS: usize = 4;

/// A task that returns the number of tasks that are at work with it.
fn at_work(number: u64, gate: bool) -> LessonTask {
    LessonTask::new(number, Work::Shared(SharedTask::AtWork { gate }))
}

/// Waits for each result right after the submit.
pub fn one_at_a_time(observer: &Observer) -> Result<MapResults, Error> {
    let pool = observer.pool(WORKERS, Builder::new())?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let results = (1..=TASKS).map(|number| {
        let handle = pool.submit(at_work(number, false));
        let _waits = info_span!("waits", what = number);
        handle.wait()
    });
    Ok(MapResults::new(&results.collect::<Result<Vec<_>, _>>()?))
}

/// Maps. The first four tasks wait for each other at the gate; and the very first stays there until
/// all others are over.
pub fn map(observer: &Observer) -> Result<MapResults, Error> {
    let pool = observer.full_pool(WORKERS, Builder::new().chunk(1))?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let tasks = (1..=TASKS).map(|number| at_work(number, number <= WORKERS as u64));
    let outcomes = thread::scope(|scope| {
        let opens = scope.spawn(|| {
            let at_gate = observer.wait_at_gate(WORKERS)?;
            let (first, others): (Vec<_>, Vec<_>) =
                at_gate.into_iter().partition(|(_, task)| *task == 1);
            observer.open_gates(&others);
            let ends = |report| if let Report::Ends(task) = report { Some(task) } else { None };
            observer.wait_for(TASKS as usize - 1, ends)?;
            observer.open_gates(&first);
            Ok::<_, Error>(())
        });
        let waits = info_span!("waits", what = "the results");
        let outcomes = pool.map(tasks);
        drop(waits);
        opens.join().expect("it does not panic").map(|()| outcomes)
    })?;
    Ok(MapResults::new(&outcomes.into_iter().collect::<Result<Vec<_>, _>>()?))
}

/// Maps ten tasks, of which the fifth panics; returns the outcomes.
pub fn one_fails(observer: &Observer) -> Result<Vec<Outcome<Answer>>, Error> {
    let pool = observer.pool(WORKERS, Builder::new())?;
    let tasks = (1..=TASKS).map(|number| {
        let panics = || Work::Panic("no such luck".to_owned());
        LessonTask::new(number, if number == 5 { panics() } else { Work::Nothing })
    });
    Ok(pool.submit_all(tasks).into_iter().map(Handle::wait).collect())
}

/// The results of the tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapResults {
    /// The tasks, in the order in which their results were returned.
    pub order: Vec<u64>,
    /// The most tasks that were at work at once.
    pub at_work: u64,
}

impl MapResults {
    fn new(answers: &[Answer]) -> Self {
        let at_work = answers.iter().map(|answer| answer.value).max().unwrap_or(0);
        Self { order: answers.iter().map(|answer| answer.number).collect(), at_work }
    }
}
