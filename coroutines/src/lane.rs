//! What the lessons on tasks are made of: a task with a lane of its own, in which each poll is
//! seen, and what it waits for between two polls.
//!
//! A lane is a task's here, not a thread's: tasks share threads. The spans change nothing: without
//! a subscriber, and in a bench there is none, they cost a load and a branch.

use std::future::poll_fn;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use tracing::{Instrument, info_span};

/// Gives a task a lane: it runs while it is polled; the polls are numbered.
///
/// ```
/// use coroutines::{lane, tokio_runtime as runtime};
///
/// let sum = runtime::block_on(async {
///     let task = runtime::spawn(lane::task("t1", async { 1 + 1 }));
///     task.await.expect("it is not aborted")
/// });
/// assert_eq!(sum, 2);
/// ```
pub fn task<F: Future>(name: &str, future: F) -> impl Future<Output = F::Output> + use<F> {
    let polled = async move {
        let (mut future, mut polls) = (pin!(future), 0_u32);
        poll_fn(|context| {
            polls += 1;
            let _runs = info_span!("runs", what = polls);
            future.as_mut().poll(context)
        })
        .await
    };
    polled.instrument(info_span!("task", lane = name))
}

/// Waits for a future, and says so: the task's thread is free meanwhile. What is ready at once is
/// not waited for.
pub fn wait<F: Future>(what: &str, future: F) -> impl Future<Output = F::Output> {
    wait_if(true, what, future)
}

/// Waits for a future, and says so if the task has a lane. A task without one costs no more than a
/// thread without one, for which nothing is recorded either.
pub async fn wait_if<F: Future>(has_lane: bool, what: &str, future: F) -> F::Output {
    let mut future = pin!(future);
    let mut waits = None;
    poll_fn(|context| {
        let polled = future.as_mut().poll(context);
        if has_lane && polled.is_pending() && waits.is_none() {
            waits = Some(info_span!("waits", what));
        }
        polled
    })
    .await
}

/// Works for a while without giving way, long enough to be seen: the task keeps its thread.
///
/// # Blocking
/// For as long as it is told. No other task of the thread gets on meanwhile.
pub fn work(what: &str, pace: Duration) {
    let _runs = info_span!("runs", what);
    thread::sleep(pace);
}
