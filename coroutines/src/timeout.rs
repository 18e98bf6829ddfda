//! A time limit ends the wait. What becomes of the work depends on what was given to `timeout`.
//!
//! `timeout` polls the future; once the limit is over it returns, and drops what it was given. A
//! future that is dropped stops ([`of_the_future`]); a join handle that is dropped lets go of its
//! task, which goes on ([`of_the_handle`]), unless somebody aborts it ([`then_aborted`]). And a
//! future that never gives way is not asked whether its time is over ([`never_gives_way`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::oneshot;

use super::runtime::{now, sleep, spawn, timeout};
use crate::lane::{self, wait};

/// How many steps the work has; the limit falls into the third.
pub const STEPS: u32 = 8;

/// Says what a time limit of 2.5 beats did to work of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// The limit ended the wait.
    pub expired: bool,
    /// How many steps were done in the end.
    pub steps: u32,
    /// How long the waiter waited.
    pub waited: Duration,
}

/// Does a step a beat, and notes each. The counter is a number that only counts, so the orderings
/// do not matter. `_there` is dropped with the work, whether that came to its end or not.
async fn steps(done: Arc<AtomicU32>, beat: Duration, _there: oneshot::Sender<()>) {
    for _ in 0..STEPS {
        wait("step", sleep(beat)).await;
        done.fetch_add(1, Relaxed);
    }
}

fn limit(beat: Duration) -> Duration {
    beat * 5 / 2
}

/// Limits the future itself: it is dropped in its third step.
pub async fn of_the_future(beat: Duration) -> Limited {
    let (done, (there, gone), began) = (Arc::new(AtomicU32::new(0)), oneshot::channel(), now());
    let work = lane::task("work", steps(Arc::clone(&done), beat, there));
    let expired = timeout(limit(beat), work).await.is_err();
    let waited = now() - began;
    let _ = gone.await;
    Limited { expired, steps: done.load(Relaxed), waited }
}

/// Limits the wait for a task: the handle is dropped, and the task goes on to its end.
pub async fn of_the_handle(beat: Duration) -> Limited {
    let (done, (there, gone), began) = (Arc::new(AtomicU32::new(0)), oneshot::channel(), now());
    let work = spawn(lane::task("work", steps(Arc::clone(&done), beat, there)));
    let waiter = timeout(limit(beat), wait("work", work));
    let expired = lane::task("waiter", waiter).await.is_err();
    let waited = now() - began;
    let _ = gone.await;
    Limited { expired, steps: done.load(Relaxed), waited }
}

/// Limits the wait for a task, and aborts it.
pub async fn then_aborted(beat: Duration) -> Limited {
    let (done, (there, gone), began) = (Arc::new(AtomicU32::new(0)), oneshot::channel(), now());
    let mut work = spawn(lane::task("work", steps(Arc::clone(&done), beat, there)));
    let expired = timeout(limit(beat), &mut work).await.is_err();
    let waited = now() - began;
    work.abort();
    let _ = gone.await;
    Limited { expired, steps: done.load(Relaxed), waited }
}

/// Limits work that never gives way: it comes to its end, and only then could anybody look at the
/// clock. `step` does one.
pub async fn never_gives_way(limit: Duration, mut step: impl FnMut()) -> Limited {
    let began = now();
    let mut steps = 0;
    let work = async {
        for _ in 0..STEPS {
            step();
            steps += 1;
        }
    };
    let expired = timeout(limit, lane::task("work", work)).await.is_err();
    Limited { expired, steps, waited: now() - began }
}

/// Limits each step: all of them together take as long as they like.
pub async fn each_step(beat: Duration) -> Limited {
    let began = now();
    let work = async {
        let (mut steps, mut expired) = (0, false);
        for _ in 0..STEPS {
            expired |= timeout(limit(beat), wait("step", sleep(beat))).await.is_err();
            steps += 1;
        }
        (steps, expired)
    };
    let (steps, expired) = lane::task("work", work).await;
    Limited { expired, steps, waited: now() - began }
}
