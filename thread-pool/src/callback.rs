//! A callback on completion: who runs it, and what it may do there.
//!
//! It is called by the thread that ends the task: by the worker that runs it, or by the thread that
//! cancels it before it begins. If the task is over already, it is called by the thread that sets
//! it, at once. On a worker it keeps the worker for as long as it takes: what is slow belongs
//! elsewhere, and what waits for another task of the pool may wait for ever.
//!
//! Each pool here has one worker, so that there is no other one to step in.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::submit::wait_and_count;
use crate::{BuildError, Builder, ChannelPool, Gate, Handle, Pool};

/// Nothing here takes so long, unless it is for ever.
const A_HANG: Duration = Duration::from_secs(10);

/// Says on which thread what was run, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threads {
    /// The one that ran the task.
    pub task: String,
    /// The one that ran the callback.
    pub callback: String,
}

/// Says what became of a task that was queued when the callback of another one was slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Whether it had ended before the slow part had.
    pub ended_meanwhile: bool,
    /// What it returned in the end.
    pub result: u64,
}

fn one_worker() -> Result<Arc<ChannelPool>, BuildError> {
    Builder::new().workers(1).build().map(Arc::new)
}

fn submit<T: Send + 'static>(
    pool: &ChannelPool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Handle<T> {
    pool.submit(task).expect("it has no bound, and is not shut down")
}

fn me() -> String {
    thread::current().name().unwrap_or("no name").to_owned()
}

/// Sets the callback while the task runs.
///
/// # Errors
/// [`BuildError`], if the system has no room for the worker.
pub fn before_the_end() -> Result<Threads, BuildError> {
    let pool = one_worker()?;
    let gate = Arc::new(Gate::default());
    let (told, hears) = channel();
    let at_gate = Arc::clone(&gate);
    let mut handle = submit(&pool, move || {
        let _runs = info_span!("runs", what = "task");
        at_gate.pass();
        me()
    });
    handle.on_done(move |outcome| {
        let _runs = info_span!("runs", what = "callback");
        let task = outcome.as_ref().map_or_else(ToString::to_string, Clone::clone);
        // Who waits for it is this lesson.
        let _ = told.send(Threads { task, callback: me() });
    });
    gate.open();
    Ok(hears.recv().expect("the callback is called"))
}

/// Sets the callback when the task is over.
///
/// # Errors
/// As [`before_the_end`].
pub fn after_the_end() -> Result<Threads, BuildError> {
    let pool = one_worker()?;
    let (told, hears) = channel();
    let mut handle = submit(&pool, me);
    // The worker begins the second one when it has ended the first one and told everybody so.
    submit(&pool, || ()).wait().expect("it does not panic");
    handle.on_done(move |outcome| {
        let task = outcome.as_ref().map_or_else(ToString::to_string, Clone::clone);
        let _ = told.send(Threads { task, callback: me() });
    });
    Ok(hears.recv().expect("the callback was called, before on_done returned"))
}

/// Does something slow in the callback: it takes 10 ms, and then as long as the gate is shut.
///
/// # Errors
/// As [`before_the_end`].
pub fn slow() -> Result<Behind, BuildError> {
    let pool = one_worker()?;
    let start = Arc::new(Gate::default());
    let slow = Arc::new(Gate::default());
    let (held, at_gate) = (Arc::clone(&start), Arc::clone(&slow));
    let mut first = submit(&pool, move || {
        held.pass();
        let _runs = info_span!("runs", what = "task 1");
        wait_and_count(1)
    });
    first.on_done(move |_| {
        let _runs = info_span!("runs", what = "slow callback");
        thread::sleep(Duration::from_millis(10));
        at_gate.pass();
    });
    let behind = submit(&pool, || {
        let _runs = info_span!("runs", what = "task 2");
        wait_and_count(2)
    });
    start.open();
    slow.until_waiting(1);
    // The only worker stands at the gate, with the callback.
    let ended_meanwhile = behind.is_finished();
    slow.open();
    Ok(Behind { ended_meanwhile, result: behind.wait().expect("it does not panic") })
}

/// Only says in the callback that there is something to do. The one who submitted does it, as long
/// as it takes.
///
/// # Errors
/// As [`before_the_end`].
pub fn handed_on() -> Result<Behind, BuildError> {
    let pool = one_worker()?;
    let (told, hears) = channel();
    let mut first = submit(&pool, || {
        let _runs = info_span!("runs", what = "task 1");
        wait_and_count(1)
    });
    first.on_done(move |outcome| {
        let _ = told.send(outcome.is_ok());
    });
    let mut behind = submit(&pool, || {
        let _runs = info_span!("runs", what = "task 2");
        wait_and_count(2)
    });
    assert_eq!(hears.recv(), Ok(true), "the task does not panic");
    // This is the slow part, on this thread: it lasts until the task behind has ended, if it does.
    let outcome = {
        let _runs = info_span!("runs", what = "slow part");
        behind.wait_timeout(A_HANG)
    };
    let ended_meanwhile = outcome.is_some();
    let outcome = outcome.unwrap_or_else(|| behind.wait());
    Ok(Behind { ended_meanwhile, result: outcome.expect("it does not panic") })
}

/// Waits in the callback for another task, on the only worker there is.
///
/// # Errors
/// As [`before_the_end`].
///
/// # Blocking
/// For ever: the task that is waited for is queued behind the callback.
pub fn waits() -> Result<u32, BuildError> {
    follow_up(|pool, told| {
        let next = submit(pool, || 2);
        let _waits = info_span!("waits", what = "task 2", from = "w1");
        let _ = told.send(next.wait().expect("it does not panic"));
    })
}

/// Submits the other task in the callback, and lets that one's callback go on: nobody waits.
///
/// # Errors
/// As [`before_the_end`].
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
    let pool = one_worker()?;
    let gate = Arc::new(Gate::default());
    let (told, hears) = channel();
    let at_gate = Arc::clone(&gate);
    let mut first = submit(&pool, move || {
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
    // It has let go of the pool then, so that the pool ends here, and not on its own worker.
    first.wait().expect("it does not panic");
    Ok(result)
}
