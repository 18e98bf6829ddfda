//! A task with a lane of its own, in which each poll is seen, and what it waits for between two.
//!
//! A lane is a task's here, not a thread's: tasks share threads. Without a subscriber, and in a
//! bench there is none, a span costs a load and a branch.

use std::future::poll_fn;
use std::panic::Location;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use kit::model::notes;
use tracing::{Instrument, info_span};

/// Gives a task a lane, in which its polls are numbered.
#[track_caller]
pub fn task<F: Future>(name: &str, future: F) -> impl Future<Output = F::Output> + use<F> {
    notes::future(name);
    let (own, at) = (name.to_owned(), Location::caller());
    let polled = async move {
        notes::named(&own);
        notes::awaits(at);
        let (mut future, mut polls) = (pin!(future), 0_u32);
        poll_fn(|context| {
            polls += 1;
            let _runs = info_span!("runs", what = format!("poll {polls}"));
            future.as_mut().poll(context)
        })
        .await
    };
    polled.instrument(info_span!("task", lane = name))
}

/// Awaits a future, and shows in the task's lane what it waits for. What is ready at once is not
/// waited for.
#[track_caller]
pub fn wait<F: Future>(what: &str, future: F) -> impl Future<Output = F::Output> {
    wait_if(true, what, future)
}

/// Awaits a future, and shows nothing of it; in a model, this is where the task stands meanwhile.
#[track_caller]
pub fn at<F: Future>(future: F) -> impl Future<Output = F::Output> {
    wait_if(false, "", future)
}

/// Awaits a future, and shows it if the task has a lane. A task without one records nothing.
#[track_caller]
pub fn wait_if<F: Future>(
    has_lane: bool,
    what: &str,
    future: F,
) -> impl Future<Output = F::Output> {
    let at = Location::caller();
    async move {
        let mut future = pin!(future);
        let mut waits = None;
        poll_fn(|context| {
            let polled = future.as_mut().poll(context);
            if polled.is_pending() {
                notes::awaits(at);
            }
            if has_lane && polled.is_pending() && waits.is_none() {
                waits = Some(info_span!("waits", what));
            }
            polled
        })
        .await
    }
}

/// Works for a while without yielding, to be seen in the lane: no other task of the thread runs.
#[track_caller]
pub fn work(what: &str, pace: Duration) {
    notes::awaits(Location::caller());
    let _runs = info_span!("runs", what);
    thread::sleep(pace);
}
