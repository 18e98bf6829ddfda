//! How many tasks go to a worker in one message, and where it pays.
//!
//! A message costs microseconds, whatever is in it: for empty tasks the chunk size is everything,
//! for tasks of a millisecond it is nothing. A chunk that is cut beforehand has a price: what is
//! behind a long task in its chunk waits, while other workers are idle. So by default the pool cuts
//! none. It sends a worker as many tasks as it should do in about two milliseconds, by the time
//! that the last ones took, and takes back those that a long task holds up.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::act::{Act, Doing};
use crate::job::Job;
use crate::scene::{Scene, What};
use crate::{Builder, Error, Handle, Pool};

/// What one size of a chunk costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The most tasks in one message; `None` is the default, by which the pool finds out.
    pub chunk: Option<usize>,
    /// The time from the first submit to the last answer, divided by the number of tasks.
    pub a_task: Duration,
}

/// Enough messages to tell what one costs.
pub const MESSAGES: u64 = 50;

/// Runs so many tasks of so many microseconds on two workers, three times with each chunk size;
/// returns the medians. With small chunks, there are only so many tasks as fill [`MESSAGES`] of
/// them.
///
/// # Errors
/// What the pool or a handle says.
pub fn curve(program: &Path, micros: u64, tasks: u64) -> Result<Vec<Point>, Error> {
    let pool = Builder::new().workers(2).program(program).build()?;
    let point = |chunk: Option<usize>| {
        let tasks = chunk.map_or(tasks, |chunk| tasks.min(MESSAGES * chunk as u64));
        let times = [(); 3].map(|()| timed(&pool, chunk, micros, tasks));
        let mut times = times.into_iter().collect::<Result<Vec<_>, _>>()?;
        times.sort_unstable();
        Ok(Point { chunk, a_task: times[1] / u32::try_from(tasks).unwrap_or(u32::MAX) })
    };
    [Some(1), Some(10), Some(100), Some(1000), None].into_iter().map(point).collect()
}

fn timed(
    pool: &Pool<Job>,
    chunk: Option<usize>,
    micros: u64,
    tasks: u64,
) -> Result<Duration, Error> {
    let task = |number| if micros == 0 { Job::Echo(number) } else { Job::Spin(micros, number) };
    let begun = Instant::now();
    let outcomes = match chunk {
        Some(chunk) => pool.map_in_chunks(chunk, (0..tasks).map(task)),
        None => pool.map((0..tasks).map(task)),
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

/// Says what a long task did to the short ones behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// So many short ones were over while the long one ran.
    pub over: usize,
    /// So many were not begun then, though a worker had nothing to do.
    pub waiting: usize,
}

const TASKS: u64 = 20;

/// The long one is the first, and stays at the gate.
fn act(number: u64) -> Act {
    Act { number, doing: if number == 1 { Doing::Gate } else { Doing::Nothing } }
}

/// Cuts 20 tasks into four chunks beforehand, as Python's `map` does, each of them one task for the
/// pool of two workers.
///
/// # Errors
/// What the pool or a handle says, or a worker that says nothing.
pub fn cut(program: &Path) -> Result<LeftBehind, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    let chunks: Vec<Vec<Act>> =
        (0..4).map(|chunk| (1..=5).map(|task| act(5 * chunk + task)).collect()).collect();
    let tasks =
        (1..).zip(chunks).map(|(number, acts)| Act::task(1000 * number, Doing::Chunk(acts)));
    left_behind(&scene, pool.submit_all(tasks))
}

/// Submits the 20 tasks one by one, to a pool that was made to believe that all are short.
///
/// # Errors
/// What the pool or a handle says, or a worker that says nothing.
pub fn uncut(program: &Path) -> Result<LeftBehind, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    pool.map((0..2000).map(Job::Echo)).into_iter().collect::<Result<Vec<_>, _>>()?;
    left_behind(&scene, pool.submit_all((1..=TASKS).map(|number| Job::Act(act(number)))))
}

/// Waits for all handles but that of the long task, opens the gate, and counts what its worker
/// begins only then.
fn left_behind(scene: &Scene, mut handles: Vec<Handle<Job>>) -> Result<LeftBehind, Error> {
    let long = handles.remove(0);
    for handle in handles {
        handle.wait()?;
    }
    let (mut begun, mut waiting, mut held) = (0, 0, None);
    // The report from the gate may come last of all.
    while begun < TASKS || held.is_none() {
        let said = scene.hear()?;
        match said.what {
            What::AtGate(_) => {
                held = Some(said.pid);
                scene.open(said.pid);
            }
            // A chunk has a number too, beyond these.
            What::Begins(number) if number <= TASKS => {
                begun += 1;
                waiting += usize::from(held == Some(said.pid));
            }
            _ => {}
        }
    }
    long.wait()?;
    Ok(LeftBehind { over: TASKS as usize - 1 - waiting, waiting })
}
