//! How a pool ends, and what becomes then of running and of queued tasks.
//!
//! There are four ways: run everything (`shutdown`, or dropping the pool); finish what was begun
//! (`shutdown_now`); kill what runs (`terminate`); or leave. A pool in a static is never dropped:
//! when main returns, the workers' channels end, and so do the workers, whatever they are doing. No
//! handle learns of it. So that variant runs in a child process.

use std::io::{self, Write};
use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use kit::child::Entry;
use tracing::info_span;

use crate::lesson_task::{LessonTask, Work};
use crate::observer::Observer;
use crate::{Builder, Error, Handle, Outcome, Pool};

/// The number of tasks, as in row 14 of the tutorial.
pub const TASKS: usize = 10;
/// The number of workers.
pub const WORKERS: usize = 4;
/// How long a child may take. None takes this long, unless it hangs.
const A_HANG: Duration = Duration::from_secs(20);

/// Starts `program` as a child whose main leaves its pool in a static; returns the lines that came
/// from it and its worker, until both were gone.
pub fn left(program: &Path) -> io::Result<Vec<String>> {
    let printed = kit::child::stdout(&mut LEAVES.command(program), A_HANG)?;
    Ok(printed.lines().map(str::to_owned).collect())
}

/// A child whose main returns while task 1 is at work and two tasks are queued.
pub const LEAVES: Entry = Entry { name: "leaves", run: leaves };

/// A pool for the whole program, as people make it. A static is never dropped.
static POOL: OnceLock<Pool<LessonTask>> = OnceLock::new();

fn leaves(_: &[String]) -> io::Result<()> {
    begin()?;
    print("main returns")
}

fn begin() -> io::Result<()> {
    let pool = Builder::new().workers(1).chunk(1).build().map_err(io::Error::other)?;
    let pool = POOL.get_or_init(|| pool);
    for (number, work) in (1..).zip([Work::Hang, Work::Nothing, Work::Nothing]) {
        let told = move |outcome| drop(print(&format!("task {number}: {outcome:?}")));
        pool.submit(LessonTask::new(number, work)).on_done(told);
    }
    // The task has begun when it has counted itself.
    while pool.counter().load(SeqCst) == 0 {
        thread::yield_now();
    }
    print("task 1 is at work")
}

fn submit(pool: &Pool<LessonTask>, work: &Work) -> Vec<Handle<LessonTask>> {
    let task = |number| LessonTask::new(number, work.clone());
    (1..=TASKS as u64).map(|number| pool.submit(task(number))).collect()
}

/// Submits ten tasks, ends the pool at once, and takes the outcomes that are there: it waits for
/// none.
///
/// # Blocking
/// Until all have been run.
pub fn all(
    observer: &Observer,
    end: impl FnOnce(Pool<LessonTask>),
) -> Result<ShutdownCounts, Error> {
    let pool = observer.pool(WORKERS, Builder::new())?;
    let mut handles = submit(&pool, &Work::Wait(5));
    end(pool);
    Ok(ShutdownCounts::of(handles.iter_mut().map(Handle::try_wait)))
}

/// Ends the pool while each worker has a task at the gate. The gate is opened when the queued tasks
/// have ended; so what was begun ends after that.
///
/// # Blocking
/// Until what was begun has ended.
pub fn now(observer: &Observer) -> Result<ShutdownCounts, Error> {
    let pool = observer.full_pool(WORKERS, Builder::new().chunk(1))?;
    let mut handles = submit(&pool, &Work::Gate);
    let at_gate = observer.wait_at_gate(WORKERS)?;
    let (sender, outcomes) = channel();
    // The first four in the queue are those that were begun.
    for handle in handles.drain(WORKERS..) {
        let sender = sender.clone();
        handle.on_done(move |outcome| drop(sender.send(outcome)));
    }
    drop(sender);
    let queued = thread::scope(|scope| {
        let ends = scope.spawn(|| pool.shutdown_now());
        let queued: Vec<_> = outcomes.iter().map(Some).collect();
        observer.open_gates(&at_gate);
        ends.join().expect("it does not panic");
        queued
    });
    Ok(ShutdownCounts::of(handles.iter_mut().map(Handle::try_wait).chain(queued)))
}

/// Ends the pool while each worker has a task at the gate, which is never opened.
pub fn terminated(observer: &Observer) -> Result<ShutdownCounts, Error> {
    let pool = observer.full_pool(WORKERS, Builder::new())?;
    let mut handles = submit(&pool, &Work::Gate);
    observer.wait_at_gate(WORKERS)?;
    let _runs = info_span!("runs", what = "terminates");
    pool.terminate();
    Ok(ShutdownCounts::of(handles.iter_mut().map(Handle::try_wait)))
}

/// A child whose main stays while task 1 is at work, until it is interrupted.
pub const STAYS: Entry = Entry { name: "stays", run: stays };

fn stays(_: &[String]) -> io::Result<()> {
    // It is to be interrupted, also where its parent ignores that, as the background job of a
    // script does.
    kit::signals::restore(&[libc::SIGINT]);
    begin()?;
    thread::sleep(A_HANG);
    exit(1)
}

fn print(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// The outcomes of the tasks: each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShutdownCounts {
    /// The number of tasks with a result.
    pub done: usize,
    /// The number of tasks that ended with [`Error::Closed`].
    pub closed: usize,
    /// The number of tasks to which something else happened.
    pub others: usize,
}

impl ShutdownCounts {
    fn of<R>(outcomes: impl IntoIterator<Item = Option<Outcome<R>>>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            match outcome {
                Some(Ok(_)) => counts.done += 1,
                Some(Err(Error::Closed)) => counts.closed += 1,
                _ => counts.others += 1,
            }
        }
        counts
    }
}
