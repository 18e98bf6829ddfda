//! How a pool ends, and what becomes then of the tasks that run, and of those that are queued.
//!
//! There are four ways: run it all (`shutdown`, or dropping the pool); run what was begun and no
//! more (`shutdown_now`); kill what runs (`terminate`); or leave. A pool in a static is never
//! dropped: when main returns, the workers find their channels ended, and end in whatever they are
//! doing. Nobody is told. So that one runs in a child process.

use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::channel;
use std::thread;

use tracing::info_span;

use crate::act::{Act, Doing};
use crate::job::{Death, Job};
use crate::scene::Scene;
use crate::{Builder, Error, Handle, Outcome, Pool, role};

/// Row 14 of the tutorial: so many tasks on so many workers.
pub const TASKS: usize = 10;
/// See [`TASKS`].
pub const WORKERS: usize = 4;

/// Says what became of the tasks: each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// They have a result.
    pub done: usize,
    /// They were ended without one, by [`Error::Closed`].
    pub closed: usize,
    /// What happened to them is something else.
    pub others: usize,
}

fn count<R>(outcomes: impl IntoIterator<Item = Option<Outcome<R>>>) -> Ends {
    outcomes.into_iter().fold(Ends::default(), |mut ends, outcome| {
        match outcome {
            Some(Ok(_)) => ends.done += 1,
            Some(Err(Error::Closed)) => ends.closed += 1,
            _ => ends.others += 1,
        }
        ends
    })
}

/// Submits ten tasks, ends the pool at once, and looks what has become of them: it waits for none.
///
/// # Errors
/// What the pool says.
///
/// # Blocking
/// Until all have been run.
pub fn all(program: &Path, end: impl FnOnce(Pool<Job>)) -> Result<Ends, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).build()?;
    let mut handles: Vec<_> =
        (1..=TASKS as u64).map(|number| pool.submit(Act::task(number, Doing::Wait(5)))).collect();
    end(pool);
    Ok(count(handles.iter_mut().map(Handle::try_wait)))
}

/// Ends the pool while each worker has a task at the gate. The gate is opened when what was queued
/// has been ended; so what was begun ends after that.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
///
/// # Blocking
/// Until what was begun has ended.
pub fn now(program: &Path) -> Result<Ends, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).chunk(1).build()?;
    let tasks = (1..=TASKS as u64).map(|number| Act::task(number, Doing::Gate));
    let mut handles: Vec<_> = tasks.map(|task| pool.submit(task)).collect();
    let begun = scene.until_at_gate(WORKERS)?;
    let (told, hears) = channel();
    // The first four in the queue are those that were begun.
    for handle in handles.drain(WORKERS..) {
        let told = told.clone();
        handle.on_done(move |outcome| drop(told.send(outcome)));
    }
    drop(told);
    let queued = thread::scope(|scope| {
        let ends = scope.spawn(|| pool.shutdown_now());
        let queued: Vec<_> = hears.iter().map(Some).collect();
        begun.iter().for_each(|(pid, _)| scene.open(*pid));
        ends.join().expect("it does not panic");
        queued
    });
    Ok(count(handles.iter_mut().map(Handle::try_wait).chain(queued)))
}

/// Ends the pool while each worker has a task at the gate, which nobody opens.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn terminated(program: &Path) -> Result<Ends, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).build()?;
    let tasks = (1..=TASKS as u64).map(|number| Act::task(number, Doing::Gate));
    let mut handles: Vec<_> = tasks.map(|task| pool.submit(task)).collect();
    scene.until_at_gate(WORKERS)?;
    let _runs = info_span!("runs", what = "terminates");
    pool.terminate();
    Ok(count(handles.iter_mut().map(Handle::try_wait)))
}

/// Starts `program` as a child whose main leaves its pool in a static; returns the lines that came
/// from it and its worker, until both were gone.
///
/// # Errors
/// As [`role::started`].
pub fn left(program: &Path) -> io::Result<Vec<String>> {
    Ok(role::started(program, "left")?.lines().map(str::to_owned).collect())
}

/// A pool for the whole program, as people make it. Nobody drops a static.
static POOL: OnceLock<Pool<Job>> = OnceLock::new();

/// Main stays while task 1 is at work: for whoever wants to see what becomes of the worker when
/// this process is interrupted.
pub(crate) fn stays() -> io::Result<()> {
    // It is to be interrupted, also where its parent ignores that, as the background job of a
    // script does.
    kit::signals::restore(&[libc::SIGINT]);
    begins()?;
    loop {
        thread::park();
    }
}

/// Main returns while task 1 is at work and two tasks are queued.
pub(crate) fn leaves() -> io::Result<()> {
    begins()?;
    say("main returns")
}

fn begins() -> io::Result<()> {
    let pool = Builder::new().workers(1).chunk(1).build().map_err(io::Error::other)?;
    let pool = POOL.get_or_init(|| pool);
    let tasks = [Job::DieAtFirst(Death::Hang, 1), Job::Echo(2), Job::Echo(3)];
    for (number, task) in (1..).zip(tasks) {
        pool.submit(task).on_done(move |outcome| drop(say(&format!("task {number}: {outcome:?}"))));
    }
    // It has begun when it has counted itself.
    while pool.counter().load(SeqCst) == 0 {
        thread::yield_now();
    }
    say("task 1 is at work")
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
