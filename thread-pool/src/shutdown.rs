//! How a pool ends, and what becomes of what is queued then.
//!
//! There are three ways: run it all (`shutdown`, or dropping the pool), hand back what has not begun
//! (`shutdown_now`), or leave: a process exits when its main returns, and a pool in a static is
//! never dropped. Then the queued tasks are lost in silence, so these run in a child process.

use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use kit::child::{self, Entry};
use tracing::info_span;

use crate::on_pool::{self, pool, submit};
use crate::submit::wait_and_count;
use crate::{BuildError, ChannelPool, Gate, Handle, Job, Pool, Reason, TaskError};

/// What became of the tasks that were submitted: each is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TasksAtEnd {
    /// Tasks that had ended when the pool was told to end.
    pub before: usize,
    /// Tasks that had ended when the pool had.
    pub after: usize,
    /// Tasks that were handed back.
    pub handed_back: usize,
    /// Handles that say that their task was dropped.
    pub dropped: usize,
}

fn ended<T: Send + 'static>(handles: &[Handle<T>]) -> usize {
    handles.iter().filter(|handle| handle.is_finished()).count()
}

/// Submits `tasks` tasks, tells the pool at once to shut down, and waits until it has.
pub fn waits(
    tasks: u64,
    workers: usize,
    end: impl FnOnce(ChannelPool),
) -> Result<TasksAtEnd, BuildError> {
    let pool: ChannelPool = pool(workers)?;
    let handles: Vec<_> = (1..=tasks)
        .map(|number| {
            submit(&pool, move || {
                let _runs = info_span!("runs", what = number);
                wait_and_count(number)
            })
        })
        .collect();
    let before = ended(&handles);
    end(pool);
    Ok(TasksAtEnd { before, after: ended(&handles), handed_back: 0, dropped: 0 })
}

/// Takes back what has not begun, and drops it. The workers stand at a gate with what they have
/// begun, until the queue is empty.
///
/// # Blocking
/// Until those have ended that were begun; for ever, if there are fewer tasks than workers.
pub fn now(tasks: usize, workers: usize) -> Result<TasksAtEnd, BuildError> {
    let pool: ChannelPool = pool(workers)?;
    let gate = Gate::default();
    let handles: Vec<_> = (0..tasks)
        .map(|_| {
            let gate = gate.clone();
            submit(&pool, move || gate.pass())
        })
        .collect();
    gate.until_waiting(workers);
    let before = ended(&handles);
    let back: Vec<Job> = thread::scope(|scope| {
        let back = scope.spawn(|| pool.shutdown_now());
        // It waits for what is at the gate, and takes the rest before that.
        while pool.queued() > 0 {
            thread::yield_now();
        }
        gate.open();
        back.join().expect("it does not panic")
    });
    let (after, handed_back) = (ended(&handles), back.len());
    // A job that was handed back may still be run, here or elsewhere. These are dropped, and their
    // handles say so.
    drop(back);
    let outcomes = handles.into_iter().map(Handle::wait);
    let dropped = outcomes.filter(|outcome| matches!(outcome, Err(TaskError::Dropped))).count();
    Ok(TasksAtEnd { before, after, handed_back, dropped })
}

/// Asks a pool for one more job after its shutdown; returns why it did not take it, and what the
/// job returned when run here.
pub fn afterwards() -> Result<Option<(Reason, Option<String>)>, BuildError> {
    let pool = on_pool::one_worker()?;
    pool.shutdown();
    let (told, hears) = channel();
    let job = Job::new(move || {
        let _ = told.send(thread::current().name().map(str::to_owned));
    });
    Ok(pool.execute(job).err().map(|rejected| {
        let reason = rejected.reason;
        rejected.job.run();
        (reason, hears.recv().ok().flatten())
    }))
}

/// Starts `program`, which has to call [`kit::child::enter`], at one of the entries below; returns
/// the lines that it wrote.
pub fn lines(program: &Path, main: &Entry) -> io::Result<Vec<String>> {
    let written = child::stdout(&mut main.command(program), CHILD_LIMIT)?;
    Ok(written.lines().map(str::to_owned).collect())
}

/// A child whose main returns while task 1 is running and two tasks are queued.
pub const LEFT: Entry = Entry { name: "left", run: |_| left() };
/// As [`LEFT`], with rayon's global pool.
pub const LEFT_TO_RAYON: Entry = Entry { name: "left-to-rayon", run: |_| left_to_rayon() };
/// A child whose main shuts the pool down before it returns.
pub const SHUT_DOWN: Entry = Entry { name: "shut-down", run: |_| shut_down() };

/// The time after which a child is killed; a second is more than it needs.
const CHILD_LIMIT: Duration = Duration::from_secs(20);

/// A pool for the whole program, as people make it. A static is never dropped.
static POOL: OnceLock<ChannelPool> = OnceLock::new();

fn left() -> io::Result<()> {
    let pool = one_worker()?;
    three_tasks(endless, |task| drop(pool.execute(Job::new(task))));
    say("main returns")
}

// rayon's global pool is a static too, and has no function that waits for its end.
fn left_to_rayon() -> io::Result<()> {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().map_err(io::Error::other)?;
    three_tasks(endless, rayon::spawn);
    say("main returns")
}

fn shut_down() -> io::Result<()> {
    let pool = one_worker()?;
    let gate = Gate::default();
    let at_gate = gate.clone();
    three_tasks(move || at_gate.pass(), |task| drop(pool.execute(Job::new(task))));
    gate.open();
    pool.shutdown();
    say("main returns")
}

fn one_worker() -> io::Result<&'static ChannelPool> {
    let pool = on_pool::one_worker().map_err(|refused| refused.source)?;
    Ok(POOL.get_or_init(|| pool))
}

/// Takes longer than main lives, however long that is.
fn endless() {
    loop {
        thread::park();
    }
}

/// Submits three tasks, and waits until the worker is in the middle of the first one. What they
/// cannot write does not come to the parent, which sees to it.
fn three_tasks(middle: impl FnOnce() + Send + 'static, submit: impl Fn(Box<dyn FnOnce() + Send>)) {
    let (begun, has_begun) = channel();
    submit(Box::new(move || {
        let _ = say("task 1 begins");
        let _ = begun.send(());
        middle();
        let _ = say("task 1 ends");
    }));
    submit(Box::new(|| drop(say("task 2 ends"))));
    submit(Box::new(|| drop(say("task 3 ends"))));
    let _ = has_begun.recv();
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
