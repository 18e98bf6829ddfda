//! A timeout ends the wait. What becomes of the work depends on what was given to `timeout`.
//!
//! `timeout` polls the future; once the time has elapsed it returns, and drops what it was given. A
//! future that is dropped stops ([`of_the_future`]); a join handle that is dropped detaches its
//! task, which runs on ([`of_the_handle`]), unless it is aborted ([`then_aborted`]). And while a
//! future does not yield, the timeout is not polled ([`never_yields`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::oneshot;

use super::runtime::{now, sleep, spawn, timeout};
use crate::lane::{self, wait};

/// The number of steps of the work; the timeout elapses in the third.
pub const STEPS: u32 = 8;

/// What a timeout of 2.5 beats did to work of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// The timeout ended the wait.
    pub expired: bool,
    /// The number of steps that were done in the end.
    pub steps: u32,
    /// How long the waiter waited.
    pub waited: Duration,
}

/// Work in progress: a counter of its steps, which orders nothing, and a channel that is closed
/// when the work is dropped, whether it came to its end or not.
struct Work {
    done: Arc<AtomicU32>,
    gone: oneshot::Receiver<()>,
}

impl Work {
    /// Returns it with its future, which does a step a beat.
    fn new(beat: Duration) -> (Self, impl Future<Output = ()> + use<>) {
        let (done, (there, gone)) = (Arc::new(AtomicU32::new(0)), oneshot::channel());
        let counter = Arc::clone(&done);
        let steps = async move {
            let _there: oneshot::Sender<()> = there;
            for _ in 0..STEPS {
                wait("step", sleep(beat)).await;
                counter.fetch_add(1, Relaxed);
            }
        };
        (Self { done, gone }, lane::task("work", steps))
    }

    /// Waits until the work is gone.
    async fn ended(self, expired: bool, waited: Duration) -> Limited {
        let _ = self.gone.await;
        Limited { expired, steps: self.done.load(Relaxed), waited }
    }
}

fn limit(beat: Duration) -> Duration {
    beat * 5 / 2
}

/// Limits the future itself: it is dropped in its third step.
pub async fn of_the_future(beat: Duration) -> Limited {
    let ((work, steps), began) = (Work::new(beat), now());
    let expired = timeout(limit(beat), steps).await.is_err();
    work.ended(expired, now() - began).await
}

/// Limits the wait for a task: the handle is dropped, and the task runs to its end.
pub async fn of_the_handle(beat: Duration) -> Limited {
    let ((work, steps), began) = (Work::new(beat), now());
    let waiter = timeout(limit(beat), wait("work", spawn(steps)));
    let expired = lane::task("waiter", waiter).await.is_err();
    work.ended(expired, now() - began).await
}

/// Limits the wait for a task, and aborts it.
pub async fn then_aborted(beat: Duration) -> Limited {
    let ((work, steps), began) = (Work::new(beat), now());
    let mut task = spawn(steps);
    let expired = timeout(limit(beat), &mut task).await.is_err();
    let waited = now() - began;
    task.abort();
    work.ended(expired, waited).await
}

/// Limits work that never yields: it comes to its end, and only then is the timeout polled. `step`
/// does one step.
pub async fn never_yields(limit: Duration, mut step: impl FnMut()) -> Limited {
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

/// Limits each step: their sum has no limit.
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
