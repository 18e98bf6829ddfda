//! A callback on completion: which thread calls it, and what it may do there.
//!
//! The thread that ends the task calls it; if the task is over already, the thread that sets the
//! callback does, at once. On a worker, a slow callback is a slow task, and one that waits for another
//! task of its pool may wait for ever.
//!
//! Each pool here has one worker, so that no other one can step in.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::on_pool::{one_worker, submit};
use crate::submit::wait_and_count;
use crate::{BuildError, ChannelPool, Gate, Outcome};

/// Nothing here takes this long, unless it hangs.
const A_HANG: Duration = Duration::from_secs(10);

/// What a callback was given, and the names of the threads that ran the task and the callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledOn {
    /// The thread that ran the task.
    pub task: String,
    /// The thread that called the callback.
    pub callback: String,
    /// The task's result.
    pub result: u64,
}

fn this_thread() -> String {
    thread::current().name().unwrap_or("no name").to_owned()
}

/// Counts to 100, as task 10 of the tutorial's fifty does.
fn task_10() -> (u64, String) {
    let _runs = info_span!("runs", what = "task");
    (wait_and_count(10), this_thread())
}

/// Returns a callback that tells its result, which thread ran the task, and which one calls it.
fn tells(told: Sender<CalledOn>) -> impl FnOnce(&Outcome<(u64, String)>) + Send + 'static {
    move |outcome| {
        let _runs = info_span!("runs", what = "callback");
        let (result, task) = outcome.as_ref().expect("it does not panic").clone();
        // This lesson waits for it.
        let _ = told.send(CalledOn { task, callback: this_thread(), result });
    }
}

/// Sets the callback while the task runs.
pub fn before_the_end() -> Result<CalledOn, BuildError> {
    let pool = one_worker()?;
    let gate = Gate::default();
    let (told, hears) = channel();
    let at_gate = gate.clone();
    let mut handle = submit(&pool, move || {
        at_gate.pass();
        task_10()
    });
    handle.on_done(tells(told));
    gate.open();
    Ok(hears.recv().expect("the callback is called"))
}

/// Sets the callback when the task is over.
pub fn after_the_end() -> Result<CalledOn, BuildError> {
    let pool = one_worker()?;
    let (told, hears) = channel();
    let mut handle = submit(&pool, task_10);
    // The worker begins the second one after the first one is over.
    submit(&pool, || ()).wait().expect("it does not panic");
    handle.on_done(tells(told));
    Ok(hears.recv().expect("the callback was called before on_done returned"))
}

fn task(number: u64) -> impl FnOnce() -> u64 + Send + 'static {
    move || {
        let _runs = info_span!("runs", what = format!("task {number}"));
        wait_and_count(number)
    }
}

/// Does something slow in the callback, until a gate is opened; returns whether a task that was
/// queued behind ended meanwhile.
pub fn slow() -> Result<bool, BuildError> {
    let pool = one_worker()?;
    let (start, slow) = (Gate::default(), Gate::default());
    let (held, at_gate) = (start.clone(), slow.clone());
    let mut first = submit(&pool, move || {
        held.pass();
        task(1)()
    });
    first.on_done(move |_| {
        let _runs = info_span!("runs", what = "slow callback");
        thread::sleep(Duration::from_millis(10));
        at_gate.pass();
    });
    let behind = submit(&pool, task(2));
    start.open();
    slow.until_waiting(1);
    // The only worker stands at the gate, with the callback.
    let ended_meanwhile = behind.is_finished();
    slow.open();
    behind.wait().expect("it is run in the end");
    Ok(ended_meanwhile)
}

/// Sends a message in the callback; the submitter does the slow part. Returns as [`slow`] does.
pub fn handed_on() -> Result<bool, BuildError> {
    let pool = one_worker()?;
    let (told, hears) = channel();
    let mut first = submit(&pool, task(1));
    first.on_done(move |outcome| {
        let _ = told.send(outcome.is_ok());
    });
    let mut behind = submit(&pool, task(2));
    assert_eq!(hears.recv(), Ok(true), "the task does not panic");
    // This is the slow part, on this thread: it lasts until task 2 has ended, if it does.
    let _runs = info_span!("runs", what = "slow part");
    Ok(matches!(behind.wait_timeout(A_HANG), Some(Ok(4))))
}

/// Waits in the callback for another task, on the only worker there is.
///
/// # Blocking
/// For ever: that task is queued behind the callback.
pub fn waits() -> Result<u32, BuildError> {
    follow_up(|pool, told| {
        let next = submit(pool, || 2);
        let _waits = info_span!("waits", what = "task 2", from = "w1");
        let _ = told.send(next.wait().expect("it does not panic"));
    })
}

/// Submits the other task in the callback, with a callback of its own: no thread waits.
pub fn chained() -> Result<u32, BuildError> {
    follow_up(|pool, told| {
        let mut next = submit(pool, || 2);
        next.on_done(move |outcome| {
            let _ = told.send(*outcome.as_ref().expect("it does not panic"));
        });
    })
}

/// Runs a task whose callback has to bring about the result of a second one.
fn follow_up(
    callback: impl FnOnce(&ChannelPool, Sender<u32>) + Send + 'static,
) -> Result<u32, BuildError> {
    let pool = Arc::new(one_worker()?);
    let gate = Gate::default();
    let (told, hears) = channel();
    let at_gate = gate.clone();
    let mut first = submit(&*pool, move || {
        let _runs = info_span!("runs", what = "task 1");
        at_gate.pass();
    });
    let also = Arc::clone(&pool);
    first.on_done(move |_| {
        let _runs = info_span!("runs", what = "callback");
        callback(&also, told);
    });
    gate.open();
    let _waits = info_span!("waits", what = "task 2");
    let result = hears.recv().expect("the callback brings it about");
    // The callback has dropped its pool then, so that the pool ends here, and not on its own worker.
    first.wait().expect("it does not panic");
    Ok(result)
}
