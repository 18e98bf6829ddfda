//! How a task that is no longer wanted is cancelled, and what a timeout ends.
//!
//! A task that is queued never begins. One that runs goes on: nothing can stop a thread from
//! outside, for the locks that it holds and the work that it has half done are its own. It has to
//! check, between two of its steps, whether it is still wanted. A timeout for *waiting* ends the
//! waiting, and nothing else.
//!
//! Each pool here has one worker, so that a task that keeps it delays all others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::on_pool::{one_worker, submit};
use crate::{BuildError, CancelToken, ChannelPool, Gate, Handle, Outcome, Pool, TaskError};

/// How long a task is waited for, and how long one may run: any other time would do.
const LIMIT: Duration = Duration::from_millis(20);

/// Submits a task that stands at the gate, and then notes that it ended.
fn held(pool: &ChannelPool, gate: &Gate, name: &'static str) -> (Handle<()>, Arc<AtomicBool>) {
    let ended = Arc::new(AtomicBool::new(false));
    let (gate, end) = (gate.clone(), Arc::clone(&ended));
    let handle = submit(pool, move || {
        let _runs = info_span!("runs", what = name);
        gate.pass();
        // Long enough to be seen in its lane.
        thread::sleep(Duration::from_millis(5));
        end.store(true, Relaxed);
    });
    (handle, ended)
}

/// What `cancel` said; the handle has to say the same.
fn cancelled(said: bool, outcome: &Outcome<()>, ended: &AtomicBool) -> bool {
    assert_eq!(said, matches!(outcome, Err(TaskError::Cancelled)), "the handle agrees");
    assert_eq!(said, !ended.load(Relaxed), "it ends, or is cancelled");
    said
}

/// Cancels a task that is queued; returns whether it is cancelled.
pub fn queued() -> Result<bool, BuildError> {
    let pool = one_worker()?;
    let (gate, open) = (Gate::default(), Gate::default());
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

/// Cancels a task that runs; returns whether it is cancelled.
pub fn running() -> Result<bool, BuildError> {
    let pool = one_worker()?;
    let gate = Gate::default();
    let (handle, ended) = held(&pool, &gate, "task 1");
    gate.until_waiting(1);
    let said = handle.cancel();
    gate.open();
    let _waits = info_span!("waits", what = "task 1, though cancelled");
    let outcome = handle.wait();
    Ok(cancelled(said, &outcome, &ended))
}

/// Cancels a token that the running task checks before each step; returns how many of its hundred
/// steps it did. After the third one it stands at a gate until the token is cancelled, in the open.
pub fn token() -> Result<u32, BuildError> {
    let pool = one_worker()?;
    let (token, gate) = (CancelToken::new(), Gate::default());
    let (theirs, at_gate) = (token.clone(), gate.clone());
    let handle = submit(&pool, move || {
        let mut steps = 0;
        while steps < 100 && !theirs.is_cancelled() {
            steps += 1;
            let _runs = info_span!("runs", what = format!("step {steps}"));
            thread::sleep(Duration::from_millis(1));
            if steps == 3 {
                at_gate.pass();
            }
        }
        steps
    });
    gate.until_waiting(1);
    token.cancel();
    gate.open();
    Ok(handle.wait().expect("it does not panic"))
}

/// Waits for a task with a timeout, and gives up; returns whether the task kept its worker then.
pub fn wait_limit() -> Result<bool, BuildError> {
    let pool = one_worker()?;
    let gate = Gate::default();
    let (mut handle, ended) = held(&pool, &gate, "task 1");
    let behind = submit(&pool, || ());
    let waits = info_span!("waits", what = "task 1, for 20 ms");
    assert!(handle.wait_timeout(LIMIT).is_none(), "it stands at the gate");
    drop(waits);
    gate.until_waiting(1);
    let kept_its_worker = !ended.load(Relaxed) && !behind.is_finished();
    gate.open();
    behind.wait().expect("it does not panic");
    Ok(kept_its_worker)
}

/// Gives the task itself the deadline: a token that expires, which it checks. It returns, and its
/// worker takes the next one; returns whether the task kept its worker.
pub fn deadline() -> Result<bool, BuildError> {
    let pool = one_worker()?;
    let token = CancelToken::for_time(LIMIT);
    let endless = submit(&pool, move || {
        let _runs = info_span!("runs", what = "task 1");
        while !token.is_cancelled() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    submit(&pool, || ()).wait().expect("it does not panic");
    // There is one worker: if the one behind has ended, so has the endless one.
    Ok(!endless.is_finished())
}
