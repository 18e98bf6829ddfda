//! Timers: an ordered map from the moment at which each is due to the waker that it calls then.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::local::{Local, here};
use crate::contain::wake;

/// Two timers may be due at the same moment: a number, unique on this thread, tells them apart.
type Key = (Instant, u64);

/// The timers of an executor.
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

    fn pop_due(&mut self, now: Instant) -> Option<Waker> {
        self.due.first_entry().filter(|entry| entry.key().0 <= now).map(|entry| entry.remove())
    }
}

impl Local {
    /// Calls the wakers of the timers that are due.
    pub(super) fn fire(&self) {
        if self.timers.borrow().due.is_empty() {
            return;
        }
        let now = self.timers.borrow().now();
        // A waker may do anything, so the timers are not borrowed while it is called.
        while let Some(waker) = { self.timers.borrow_mut().pop_due(now) } {
            wake(Some(waker));
        }
    }

    /// Sleeps until another thread wakes a task, a socket is ready, or a timer is due. A clock that
    /// stands still jumps to it instead.
    pub(super) fn park(&self) {
        let mut timers = self.timers.borrow_mut();
        let next = timers.due.first_key_value().map(|(key, _)| key.0);
        if let (Some(next), Some(now)) = (next, timers.paused) {
            timers.paused = Some(next.max(now));
        }
        let until = |next: Instant| match timers.paused {
            Some(_) => Duration::ZERO,
            None => next.saturating_duration_since(Instant::now()),
        };
        let timeout = next.map(until);
        drop(timers);
        self.sleep(timeout);
    }
}

/// Returns the time of the executor that runs the caller.
///
/// # Panics
/// Outside of an executor.
pub fn now() -> Instant {
    here(|local| local.timers.borrow().now()).expect("time is asked for by a task")
}

/// A future that ends when it is time; [`sleep`] returns it.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Sleep {
    /// `None`: a moment that no clock can represent, which never comes.
    at: Option<Instant>,
    number: u64,
    /// The executor in whose map it stands.
    waits: Option<Weak<Local>>,
}

/// Sleeps for a duration, counted from now. One that is too long for the clock, such as
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
        // Foreign code, the clone of one waker and the drop of another: while nothing is borrowed.
        let waker = cx.waker().clone();
        let before = here(|local| {
            let stays = self.waits.as_ref().is_some_and(|it| it.as_ptr() == Rc::as_ptr(local));
            let left = if stays { None } else { self.leave() };
            self.waits = Some(Rc::downgrade(local));
            (left, local.timers.borrow_mut().due.insert((at, self.number), waker))
        });
        drop(before.expect("it is polled by a task"));
        Poll::Pending
    }
}

impl Sleep {
    /// Removes it from the map in which it stands.
    fn leave(&mut self) -> Option<Waker> {
        let local = self.waits.take()?.upgrade()?;
        local.timers.borrow_mut().due.remove(&(self.at?, self.number))
    }
}

impl Drop for Sleep {
    /// Removes it from the map at once, not when it is due, and wherever it is dropped.
    fn drop(&mut self) {
        drop(self.leave());
    }
}

/// The error of a future that has timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timeout has elapsed")
    }
}

impl std::error::Error for Elapsed {}

/// Awaits a future with a timeout, and drops it when that has elapsed. The time counts from this
/// call; outside of an executor, where no clock is known, from the first poll. [`Duration::MAX`]
/// sets no limit; with [`Duration::ZERO`], the future is polled once.
///
/// ```
/// use coroutines::executor::{block_on_paused, timeout};
///
/// let limited = timeout(std::time::Duration::from_secs(3600), std::future::pending::<()>());
/// assert!(block_on_paused(limited).is_err());
/// ```
///
/// # Errors
/// The future is not done by then.
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
