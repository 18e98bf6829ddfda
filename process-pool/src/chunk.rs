//! How many tasks go to a worker in one message, and where it pays.
//!
//! A message costs microseconds, whatever is in it: for empty tasks the chunk size is everything,
//! for tasks of a millisecond it is nothing. A chunk that is cut beforehand has a price: what is
//! behind a long task in its chunk waits, while other workers are idle. So by default the pool cuts
//! none. It sends a worker as many tasks as it should do in about two milliseconds, by the time
//! that the last ones took, and requests the return of those that a long task holds up.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::lesson_task::{LessonTask, Work};
use crate::observer::{Observer, Report};
use crate::{Builder, Error, Handle, Pool};

const TASKS: u64 = 20;

/// The long task is the first, and stays at the gate.
fn task(number: u64) -> LessonTask {
    LessonTask::new(number, if number == 1 { Work::Gate } else { Work::Nothing })
}

/// Cuts 20 tasks into four chunks beforehand, as Python's `map` does, each of them one task for the
/// pool of two workers.
pub fn cut(observer: &Observer) -> Result<ChunkDelay, Error> {
    let pool = observer.full_pool(2, Builder::new())?;
    let chunks = (0..4).map(|chunk| (1..=5).map(|place| task(5 * chunk + place)).collect());
    let tasks =
        (1..).zip(chunks).map(|(number, tasks)| LessonTask::new(1000 * number, Work::Chunk(tasks)));
    delay(observer, pool.submit_all(tasks))
}

/// Submits the 20 tasks one by one, to a pool that was made to believe that all are short.
pub fn uncut(observer: &Observer) -> Result<ChunkDelay, Error> {
    let pool = observer.full_pool(2, Builder::new())?;
    let short = (0..2000).map(|_| LessonTask::new(0, Work::Nothing));
    pool.map(short).into_iter().collect::<Result<Vec<_>, _>>()?;
    delay(observer, pool.submit_all((1..=TASKS).map(task)))
}

/// Waits for all handles but that of the long task, opens the gate, and counts what its worker
/// begins only then.
fn delay(observer: &Observer, mut handles: Vec<Handle<LessonTask>>) -> Result<ChunkDelay, Error> {
    let long = handles.remove(0);
    for handle in handles {
        handle.wait()?;
    }
    let (mut begun, mut waiting, mut held) = (0, 0, None);
    // The report from the gate may come last of all.
    while begun < TASKS || held.is_none() {
        let (pid, report) = observer.next_report()?;
        match report {
            Report::AtGate(task) => {
                held = Some(pid);
                observer.open_gates(&[(pid, task)]);
            }
            // A chunk has a number too, beyond these.
            Report::Begins(number) if number <= TASKS => {
                begun += 1;
                waiting += usize::from(held == Some(pid));
            }
            _ => {}
        }
    }
    long.wait()?;
    Ok(ChunkDelay { over: TASKS as usize - 1 - waiting, waiting })
}

/// What a long task did to the short ones behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkDelay {
    /// The number of short tasks that were over while the long one ran.
    pub over: usize,
    /// The number that were not begun then, though a worker was idle.
    pub waiting: usize,
}

/// The cost of one chunk size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChunkCost {
    /// The most tasks in one message; `None` is the default, by which the pool adapts.
    pub chunk: Option<usize>,
    /// The time from the first submit to the last answer, divided by the number of tasks.
    pub a_task: Duration,
}

/// The number of messages that is enough to tell the cost of one.
const MESSAGES: u64 = 50;

/// Runs `tasks` tasks of `micros` microseconds on two workers, three times with each chunk size;
/// returns the medians. With small chunks, there are only as many tasks as fill 50 of them.
pub fn curve(program: &Path, micros: u64, tasks: u64) -> Result<Vec<ChunkCost>, Error> {
    let pool = Builder::new().workers(2).program(program).build()?;
    let cost = |chunk: Option<usize>| {
        let tasks = chunk.map_or(tasks, |chunk| tasks.min(MESSAGES * chunk as u64));
        let times = [(); 3].map(|()| timed(&pool, chunk, micros, tasks));
        let mut times = times.into_iter().collect::<Result<Vec<_>, _>>()?;
        times.sort_unstable();
        Ok(ChunkCost { chunk, a_task: times[1] / u32::try_from(tasks).unwrap_or(u32::MAX) })
    };
    [Some(1), Some(10), Some(100), Some(1000), None].into_iter().map(cost).collect()
}

fn timed(
    pool: &Pool<LessonTask>,
    chunk: Option<usize>,
    micros: u64,
    tasks: u64,
) -> Result<Duration, Error> {
    let work = || if micros == 0 { Work::Nothing } else { Work::Spin(micros) };
    let tasks = (0..tasks).map(|number| LessonTask::new(number, work()));
    let begun = Instant::now();
    let outcomes = match chunk {
        Some(chunk) => pool.map_in_chunks(chunk, tasks),
        None => pool.map(tasks),
    };
    let took = begun.elapsed();
    for (number, outcome) in (0..).zip(outcomes) {
        let value = outcome?.value;
        if value != number {
            return Err(Error::Refused(format!("task {number} was answered with {value}")));
        }
    }
    Ok(took)
}
