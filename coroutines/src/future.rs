//! A future by hand: what `poll` promises, and what becomes of a task whose future breaks that
//! promise.
//!
//! A future does nothing by itself: it is polled. It answers `Ready` with its value, or `Pending`,
//! which is a promise to call the [`Waker`] that it was given, once it is worthwhile to poll again.
//! The three kinds of [`Wait`] differ in how they keep the promise.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::runtime;
use crate::lane;

/// What a future does with its waker before it answers `Pending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Nothing: it will never be polled again.
    ForgetsItsWaker,
    /// It wakes its own task at once, and so is polled all the time: it busy-waits.
    WakesItself,
    /// It stores it where the signal finds it.
    KeepsItsWaker,
}

/// A signal that another task sets, once.
#[derive(Debug, Default)]
struct Signal {
    set: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Signal {
    fn set(&self) {
        self.set.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// A future that is ready when the signal is set. Nothing in it points into itself, so that it is
/// `Unpin`; what an `async fn` becomes may, and must not be moved between two polls.
struct Waits {
    signal: Rc<Signal>,
    how: Wait,
    polls: Rc<Cell<u32>>,
    /// How long a poll takes, to be seen in the lane.
    pace: Duration,
}

impl Future for Waits {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.polls.set(self.polls.get() + 1);
        lane::work("", self.pace);
        if self.signal.set.get() {
            return Poll::Ready(());
        }
        match self.how {
            Wait::ForgetsItsWaker => {}
            Wait::WakesItself => cx.waker().wake_by_ref(),
            // The latest one counts: the future may have moved to another task since.
            Wait::KeepsItsWaker => drop(self.signal.waker.replace(Some(cx.waker().clone()))),
        }
        Poll::Pending
    }
}

/// The number of polls of the future, and whether it came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollCount {
    /// The number of polls before it was awaited.
    pub before: u32,
    /// The number of all polls.
    pub polls: u32,
    /// Whether it came to its end.
    pub done: bool,
}

/// Task `t1` waits for a signal, in its own way, and `t2` sets it after it has yielded 20 times.
/// They have an hour, on a paused clock, so that it takes no time.
pub fn run(how: Wait, pace: Duration) -> PollCount {
    runtime::block_on_paused(async {
        let (signal, polls) = (Rc::<Signal>::default(), Rc::new(Cell::new(0)));
        let waits = Waits { signal: Rc::clone(&signal), how, polls: Rc::clone(&polls), pace };
        let before = polls.get();
        let t1 = runtime::spawn(lane::task("t1", waits));
        let t2 = runtime::spawn(lane::task("t2", async move {
            for _ in 0..20 {
                lane::work("", pace);
                runtime::yield_now().await;
            }
            signal.set();
        }));
        t2.await.expect("it is not aborted");
        let done = runtime::timeout(Duration::from_secs(3600), t1).await.is_ok();
        PollCount { before, polls: polls.get(), done }
    })
}
