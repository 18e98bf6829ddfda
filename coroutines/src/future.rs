//! A future by hand: what `poll` promises, and what becomes of a task whose future breaks that
//! promise.
//!
//! A future does nothing by itself: it is polled. It answers `Ready` with its value, or `Pending`,
//! and by that it promises to call the [`Waker`] that it was given, once it is worth while to poll
//! again. The three kinds of [`Wait`] differ in how they keep the promise.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::runtime;
use crate::lane;

/// Says what a future does with its waker before it answers `Pending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Nothing: nobody will poll it again.
    ForgetsItsWaker,
    /// It wakes itself at once, and so is polled for as long as it waits.
    WakesItself,
    /// It leaves it with whoever will have news.
    KeepsItsWaker,
}

/// Is set once, by somebody else.
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

/// Is ready when the signal is set. Nothing in it points into itself, so that it is `Unpin`, and
/// `Pin` asks nothing of it; what an `async fn` becomes may, and must not be moved between two
/// polls.
struct Waits {
    signal: Rc<Signal>,
    how: Wait,
    polls: Rc<Cell<u32>>,
    /// How long a poll takes, so that it can be seen.
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
            // The last one counts: the future may have been handed to another task since.
            Wait::KeepsItsWaker => drop(self.signal.waker.replace(Some(cx.waker().clone()))),
        }
        Poll::Pending
    }
}

/// Says what became of the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How often it was polled before anybody awaited it.
    pub before: u32,
    /// How often in all.
    pub polls: u32,
    /// Whether it came to its end.
    pub done: bool,
}

/// Task `t1` waits for a signal, in its own way, and `t2` sets it after giving way 20 times. They
/// are given an hour: the clock stands still while somebody has something to do, so that it takes
/// no time.
pub fn run(how: Wait, pace: Duration) -> Seen {
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
        t2.await.expect("nobody aborts it");
        let done = runtime::timeout(Duration::from_secs(3600), t1).await.is_ok();
        Seen { before, polls: polls.get(), done }
    })
}
