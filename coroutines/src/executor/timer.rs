//! Timers: an ordered map from the moment at which it is time to whom to wake then.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::local::{Local, here};
use crate::contain::contain;

/// Two timers may be due at the same moment: a number of this thread's tells them apart.
type Key = (Instant, u64);

/// Keeps who is to be woken when.
#[derive(Debug, Default)]
pub(super) struct Timers {
    pub(super) due: BTreeMap<Key, Waker>,
    /// What time it is, where the clock stands still.
    paused: Option<Instant>,
}

impl Timers {
    pub(super) fn paused() -> Self {
        Self { paused: Some(Instant::now()), ..Self::default() }
    }

    fn now(&self) -> Instant {
        self.paused.unwrap_or_else(Instant::now)
    }
}

impl Local {
    /// Wakes all who are due.
    pub(super) fn fire(&self) {
        let Some(now) = (!self.timers.borrow().due.is_empty()).then(|| self.timers.borrow().now())
        else {
            return;
        };
        // A waker may do anything, so the timers are not borrowed while it is called.
        let due = || {
            self.timers
                .borrow_mut()
                .due
                .first_entry()
                .filter(|entry| entry.key().0 <= now)
                .map(|entry| entry.remove())
        };
        while let Some(waker) = due() {
            contain(|| waker.wake());
        }
    }

    /// Waits until another thread wakes someone, or a timer is due. A clock that stands still is
    /// put forward to it instead.
    pub(super) fn park(&self) {
        let mut timers = self.timers.borrow_mut();
        let next = timers.due.first_key_value().map(|(key, _)| key.0);
        match (next, timers.paused) {
            (Some(next), Some(now)) => timers.paused = Some(next.max(now)),
            (Some(next), None) => {
                std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
            }
            (None, _) => std::thread::park(),
        }
    }
}

/// Returns what time it is for the task that asks.
///
/// # Panics
/// Outside of an executor.
pub fn now() -> Instant {
    here(|local| local.timers.borrow().now()).expect("time is asked for by a task")
}

/// Ends when it is time. Made by [`sleep`].
#[must_use = "a future does nothing unless it is awaited"]
pub struct Sleep {
    /// `None`: a moment that no clock can say, which never comes.
    at: Option<Instant>,
    number: u64,
    /// The executor in whose map it stands.
    waits: Option<Weak<Local>>,
}

/// Sleeps for that long, counted from now. A time that is too long for the clock, such as
/// [`Duration::MAX`], never ends.
///
/// # Panics
/// Outside of an executor.
pub fn sleep(duration: Duration) -> Sleep {
    thread_local! { static NUMBER: Cell<u64> = const { Cell::new(0) } }
    let number = NUMBER.replace(NUMBER.get() + 1);
    Sleep { at: now().checked_add(duration), number, waits: None }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.at else { return Poll::Pending };
        if at <= now() {
            return Poll::Ready(());
        }
        // The making of a waker, and the end of the one before, are foreign code: while nothing is
        // borrowed.
        let waker = cx.waker().clone();
        let before = here(|local| {
            let stays =
                self.waits.as_ref().is_some_and(|waits| waits.as_ptr() == Rc::as_ptr(local));
            let left = if stays { None } else { self.leave() };
            self.waits = Some(Rc::downgrade(local));
            (left, local.timers.borrow_mut().due.insert((at, self.number), waker))
        });
        drop(before.expect("it is polled by a task"));
        Poll::Pending
    }
}

impl Sleep {
    /// Goes out of the map in which it stands.
    fn leave(&mut self) -> Option<Waker> {
        let local = self.waits.take()?.upgrade()?;
        local.timers.borrow_mut().due.remove(&(self.at?, self.number))
    }
}

impl Drop for Sleep {
    /// A timer that nobody waits for any more goes out of the map at once, not when it is due, and
    /// wherever it is dropped.
    fn drop(&mut self) {
        drop(self.leave());
    }
}

/// The error of a future that has taken too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time for it has run out")
    }
}

impl std::error::Error for Elapsed {}

/// Waits for a future until its time has run out, and drops it then. The time counts from this
/// call; outside of an executor, where no clock is known, from the first poll. [`Duration::MAX`]
/// sets no limit; with [`Duration::ZERO`], the future is polled once.
///
/// # Errors
/// It is not done by then.
pub fn timeout<F: Future>(
    duration: Duration,
    future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> {
    let limit = here(|_| sleep(duration));
    async move {
        let (mut future, mut limit) = (pin!(future), limit.unwrap_or_else(|| sleep(duration)));
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => Pin::new(&mut limit).poll(cx).map(|()| Err(Elapsed)),
        })
        .await
    }
}
