//! Timers. Most are limits that are dropped in time, so a timer is only noted at first; it goes into
//! an ordered map, from the moment at which it is due to the waker that it calls then, when the
//! executor has to know which is due next.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::mem::replace;
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::local::{Local, here};
use super::task::Wakes;

/// The moment at which a timer is due, and its number, for two may be due at the same moment.
type Key = (Instant, u64);

/// The number of timers that are noted at most, those that were dropped since included.
const MOST_NOTED: usize = 4096;

/// The timers of an executor.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// Those that are noted, in the order of their numbers; `None`: it was dropped.
    noted: VecDeque<Option<(Instant, Wakes)>>,
    /// The moment before which none of them is due.
    not_before: Option<Instant>,
    /// The number of the next one.
    number: u64,
    ordered: BTreeMap<Key, Wakes>,
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

    /// Notes a timer, and returns its number.
    fn set(&mut self, at: Instant, wakes: Wakes) -> u64 {
        if self.noted.len() == MOST_NOTED {
            self.order();
        }
        self.noted.push_back(Some((at, wakes)));
        self.not_before = Some(self.not_before.map_or(at, |before| before.min(at)));
        self.number += 1;
        self.number - 1
    }

    fn unset(&mut self, at: Instant, number: u64) -> Option<Wakes> {
        let first = self.number - self.noted.len() as u64;
        let Some(place) = number.checked_sub(first) else {
            return self.ordered.remove(&(at, number));
        };
        let wakes = self.noted[place as usize].take().map(|(_, wakes)| wakes);
        while self.noted.front().is_some_and(Option::is_none) {
            self.noted.pop_front();
        }
        wakes
    }

    /// Puts all into the order in which they are due.
    fn order(&mut self) {
        let first = self.number - self.noted.len() as u64;
        let keys = (first..).zip(self.noted.drain(..));
        self.ordered.extend(keys.filter_map(|(number, noted)| {
            let (at, wakes) = noted?;
            Some(((at, number), wakes))
        }));
        self.not_before = None;
    }

    /// Takes out the first one that is due by then; by the end of time, whichever is left.
    pub(super) fn pop(&mut self, by: Option<Instant>) -> Option<Wakes> {
        let is_due = |at: Instant| by.is_none_or(|by| at <= by);
        if self.not_before.is_some_and(is_due) {
            self.order();
        }
        let first = self.ordered.first_entry()?;
        is_due(first.key().0).then(|| first.remove())
    }
}

impl Local {
    /// Calls the wakers of the timers that are due.
    pub(super) fn fire(&self) {
        let timers = self.timers.borrow();
        if timers.ordered.is_empty() && timers.not_before.is_none() {
            return;
        }
        let now = timers.now();
        drop(timers);
        // A waker may do anything, so the timers are not borrowed while it is called.
        while let Some(wakes) = { self.timers.borrow_mut().pop(Some(now)) } {
            self.wake(Some(wakes));
        }
    }

    /// Sleeps until another thread wakes a task, a socket is ready, or a timer is due. A clock that
    /// stands still jumps to it instead.
    pub(super) fn park(&self) {
        let mut timers = self.timers.borrow_mut();
        timers.order();
        let next = timers.ordered.first_key_value().map(|(key, _)| key.0);
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
    /// Its next poll looks at the clock. The first one need not, since no time has passed yet.
    looks: bool,
    /// The timers among which it is, and its number.
    waits: Option<(Weak<RefCell<Timers>>, u64)>,
}

/// Sleeps for a duration, counted from now. One that is too long for the clock, such as
/// [`Duration::MAX`], never ends.
///
/// # Panics
/// Outside of an executor.
pub fn sleep(duration: Duration) -> Sleep {
    Sleep::until(now().checked_add(duration), duration)
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.at else { return Poll::Pending };
        if replace(&mut self.looks, true) && at <= now() {
            return Poll::Ready(());
        }
        // Foreign code, the clone of one waker and the drop of another: while nothing is borrowed.
        drop(self.leave());
        let set = |local: &Local| {
            let wakes = Wakes::of(cx.waker(), &local.inbox);
            let number = local.timers.borrow_mut().set(at, wakes);
            (Rc::downgrade(&local.timers), number)
        };
        self.waits = Some(here(set).expect("it is polled by a task"));
        Poll::Pending
    }
}

impl Sleep {
    fn until(at: Option<Instant>, duration: Duration) -> Self {
        Self { at, looks: duration.is_zero(), waits: None }
    }

    /// Takes it away from the timers among which it is.
    fn leave(&mut self) -> Option<Wakes> {
        let (timers, number) = self.waits.take()?;
        timers.upgrade()?.borrow_mut().unset(self.at?, number)
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
    let at = here(|local| local.timers.borrow().now().checked_add(duration));
    async move {
        let mut limit = Sleep::until(at.unwrap_or_else(|| now().checked_add(duration)), duration);
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => Pin::new(&mut limit).poll(cx).map(|()| Err(Elapsed)),
        })
        .await
    }
}
