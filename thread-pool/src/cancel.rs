//! How a task is ended that nobody wants any more, and what a time limit ends.
//!
//! A task that is queued is taken back, and never begins. One that runs goes on: nothing can stop a
//! thread from outside, for the locks that it holds and the things that it has half done are its
//! own. It has to ask, between two of its steps, whether it is still wanted. A time limit for
//! *waiting* ends the waiting, and nothing else.
//!
//! Each pool here has one worker: what keeps it keeps everybody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::{
    BuildError, Builder, CancelToken, ChannelPool, Gate, Handle, Outcome, Pool, TaskError,
};

/// How long a task is waited for, and how long one may run: nothing depends on it being so long.
pub const LIMIT: Duration = Duration::from_millis(20);

/// Says how a task ended that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// Whether `cancel` said that it did it.
    pub said: bool,
    /// Whether the handle says so.
    pub handle: bool,
    /// Whether the task came to its end.
    pub ended: bool,
}

/// Says what became of a task that had a time limit, and of one that was queued behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// Whether the limit passed.
    pub passed: bool,
    /// Whether the task still ran then, and the one behind had not begun.
    pub kept_its_worker: bool,
}

/// What a task says that was asked to stop: so many steps are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped(pub u32);

fn one_worker() -> Result<ChannelPool, BuildError> {
    Builder::new().workers(1).build()
}

fn submit<T: Send + 'static>(
    pool: &ChannelPool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Handle<T> {
    pool.submit(task).expect("it has no bound, and is not shut down")
}

/// Submits a task that stands at the gate, and then notes that it ended.
fn held(pool: &ChannelPool, gate: &Arc<Gate>, name: &'static str) -> (Handle<()>, Arc<AtomicBool>) {
    let ended = Arc::new(AtomicBool::new(false));
    let (gate, end) = (Arc::clone(gate), Arc::clone(&ended));
    let handle = submit(pool, move || {
        let _runs = info_span!("runs", what = name);
        gate.pass();
        // As long as it takes to be seen.
        thread::sleep(Duration::from_millis(5));
        end.store(true, Relaxed);
    });
    (handle, ended)
}

fn cancelled(said: bool, outcome: &Outcome<()>, ended: &AtomicBool) -> Cancelled {
    let handle = matches!(outcome, Err(TaskError::Cancelled));
    Cancelled { said, handle, ended: ended.load(Relaxed) }
}

/// Cancels a task that is queued.
///
/// # Errors
/// [`BuildError`], if the system has no room for the worker.
pub fn queued() -> Result<Cancelled, BuildError> {
    let pool = one_worker()?;
    let (gate, open) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    open.open();
    let (first, _) = held(&pool, &gate, "task 1");
    let (second, ended) = held(&pool, &open, "task 2");
    let said = second.cancel();
    // Nobody has to get to it first: the handle knows at once, with the worker still at the gate.
    let outcome = second.wait();
    gate.open();
    first.wait().expect("it does not panic");
    pool.shutdown();
    Ok(cancelled(said, &outcome, &ended))
}

/// Cancels a task that runs.
///
/// # Errors
/// As [`queued`].
pub fn running() -> Result<Cancelled, BuildError> {
    let pool = one_worker()?;
    let gate = Arc::new(Gate::default());
    let (handle, ended) = held(&pool, &gate, "task 1");
    gate.until_waiting(1);
    let said = handle.cancel();
    gate.open();
    let _waits = info_span!("waits", what = "task 1, though cancelled");
    let outcome = handle.wait();
    Ok(cancelled(said, &outcome, &ended))
}

/// Cancels a token that the running task asks before each step; returns how many of its hundred
/// steps it did. After the third one it waits until the token is cancelled, in the open.
///
/// # Errors
/// As [`queued`].
pub fn token() -> Result<Result<u32, Stopped>, BuildError> {
    let pool = one_worker()?;
    let token = CancelToken::new();
    let theirs = token.clone();
    let (did, done) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let handle = submit(&pool, move || {
        for step in 1..=100 {
            if theirs.is_cancelled() {
                return Err(Stopped(step - 1));
            }
            let _runs = info_span!("runs", what = format!("step {step}"));
            thread::sleep(Duration::from_millis(1));
            // The other end is gone only when this lesson has failed.
            let _ = did.send(step);
            let _ = may_go_on.recv();
        }
        Ok(100)
    });
    for step in done {
        if step == 3 {
            token.cancel();
        }
        let _ = go_on.send(());
    }
    Ok(handle.wait().expect("it does not panic"))
}

/// Waits at most so long for a task, and gives up. The task does not: it keeps its worker.
///
/// # Errors
/// As [`queued`].
pub fn wait_limit() -> Result<Limited, BuildError> {
    let pool = one_worker()?;
    let gate = Arc::new(Gate::default());
    let (mut handle, ended) = held(&pool, &gate, "task 1");
    let behind = submit(&pool, || ());
    let passed = {
        let _waits = info_span!("waits", what = "task 1, for 20 ms");
        handle.wait_timeout(LIMIT).is_none()
    };
    gate.until_waiting(1);
    let kept_its_worker = !ended.load(Relaxed) && !behind.is_finished();
    gate.open();
    behind.wait().expect("it does not panic");
    Ok(Limited { passed, kept_its_worker })
}

/// Gives the task itself the time limit: a token whose time ends, which it asks. It ends, and its
/// worker takes the next one.
///
/// # Errors
/// As [`queued`].
pub fn deadline() -> Result<Limited, BuildError> {
    let pool = one_worker()?;
    let token = CancelToken::for_time(LIMIT);
    let theirs = token.clone();
    let endless = submit(&pool, move || {
        let _runs = info_span!("runs", what = "task 1");
        while !theirs.is_cancelled() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    submit(&pool, || ()).wait().expect("it does not panic");
    // There is one worker: if the one behind has ended, so has the endless one.
    Ok(Limited { passed: token.is_cancelled(), kept_its_worker: !endless.is_finished() })
}
