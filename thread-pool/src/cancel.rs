//! How a task that is no longer wanted is cancelled, and what a timeout ends.
//!
//! A task that is queued never begins. One that runs goes on: nothing can stop a thread from
//! outside, for the locks that it holds and the work that it has half done are its own. It has to
//! check, between two of its steps, whether it is still wanted. A timeout for *waiting* ends the
//! waiting, and nothing else.
//!
//! Each pool here has one worker, so that a task that keeps it delays all others. Each function
//! returns [`BuildError`] if the system has no room for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::on_pool::{one_worker, submit};
use crate::{BuildError, CancelToken, ChannelPool, Gate, Handle, Outcome, Pool, TaskError};

/// How long a task is waited for, and how long one may run: any other time would do.
pub const LIMIT: Duration = Duration::from_millis(20);

/// How a task ended that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// Whether `cancel` returned true.
    pub said: bool,
    /// Whether the handle says so.
    pub handle: bool,
    /// Whether the task came to its end.
    pub ended: bool,
}

/// What became of a task with a timeout, and of one that was queued behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut {
    /// Whether the timeout passed.
    pub passed: bool,
    /// Whether the task still ran then, and the one behind had not begun.
    pub kept_its_worker: bool,
}

/// Submits a task that stands at the gate, and then notes that it ended.
fn held(pool: &ChannelPool, gate: &Arc<Gate>, name: &'static str) -> (Handle<()>, Arc<AtomicBool>) {
    let ended = Arc::new(AtomicBool::new(false));
    let (gate, end) = (Arc::clone(gate), Arc::clone(&ended));
    let handle = submit(pool, move || {
        let _runs = info_span!("runs", what = name);
        gate.pass();
        // Long enough to be seen in its lane.
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
pub fn queued() -> Result<Cancelled, BuildError> {
    let pool = one_worker()?;
    let (gate, open) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    open.open();
    let (first, _) = held(&pool, &gate, "task 1");
    let (second, ended) = held(&pool, &open, "task 2");
    let said = second.cancel();
    // No worker has to reach it first: the handle is told at once, with the worker at the gate.
    let outcome = second.wait();
    gate.open();
    first.wait().expect("it does not panic");
    pool.shutdown();
    Ok(cancelled(said, &outcome, &ended))
}

/// Cancels a task that runs.
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

/// Cancels a token that the running task checks before each step; returns how many of its hundred
/// steps it did. After the third one it waits until the token is cancelled, in the open.
pub fn token() -> Result<u32, BuildError> {
    let pool = one_worker()?;
    let token = CancelToken::new();
    let theirs = token.clone();
    let (did, done) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let handle = submit(&pool, move || {
        for step in 1..=100 {
            if theirs.is_cancelled() {
                return step - 1;
            }
            let _runs = info_span!("runs", what = format!("step {step}"));
            thread::sleep(Duration::from_millis(1));
            // The other end is gone only when this lesson has failed.
            let _ = did.send(step);
            let _ = may_go_on.recv();
        }
        100
    });
    for step in done {
        if step == 3 {
            token.cancel();
        }
        let _ = go_on.send(());
    }
    Ok(handle.wait().expect("it does not panic"))
}

/// Waits for a task with a timeout, and gives up. The task does not: it keeps its worker.
pub fn wait_limit() -> Result<TimedOut, BuildError> {
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
    Ok(TimedOut { passed, kept_its_worker })
}

/// Gives the task itself the deadline: a token that expires, which it checks. It returns, and its
/// worker takes the next one.
pub fn deadline() -> Result<TimedOut, BuildError> {
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
    Ok(TimedOut { passed: token.is_cancelled(), kept_its_worker: !endless.is_finished() })
}
