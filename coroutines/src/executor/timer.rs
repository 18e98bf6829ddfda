//! Timers: an ordered map from the moment at which it is time to whom to wake then.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::local::{Local, here};
use crate::combine::{Either, select};

/// Two timers may be due at the same moment: a number of this thread's tells them apart.
type Key = (Instant, u64);

/// Keeps who is to be woken when.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeMap<Key, Waker>,
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
        let Some(now) = (!self.timers.borrow().due.is_empty()).then(|| self.timers.borrow().now()) else {
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
            waker.wake();
        }
    }

    /// Waits until another thread wakes someone, or a timer is due. A clock that stands still is put forward to it instead.
    pub(super) fn park(&self) {
        let mut timers = self.timers.borrow_mut();
        let next = timers.due.first_key_value().map(|(key, _)| key.0);
        match (next, timers.paused) {
            (Some(next), Some(now)) => timers.paused = Some(next.max(now)),
            (Some(next), None) => std::thread::park_timeout(next.saturating_duration_since(Instant::now())),
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
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Sleep {
    key: Key,
    waits: bool,
    /// The number is this thread's.
    _here: PhantomData<*const ()>,
}

/// Sleeps for that long, counted from now.
///
/// # Panics
/// Outside of an executor.
pub fn sleep(duration: Duration) -> Sleep {
    thread_local! { static NUMBER: Cell<u64> = const { Cell::new(0) } }
    let number = NUMBER.replace(NUMBER.get() + 1);
    let now = now();
    // So long that no clock can say it: a century does as well.
    let at = now.checked_add(duration).unwrap_or_else(|| now + Duration::from_secs(100 * 365 * 86_400));
    Sleep { key: (at, number), waits: false, _here: PhantomData }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let polled = here(|local| {
            let mut timers = local.timers.borrow_mut();
            if self.key.0 <= timers.now() {
                return (Poll::Ready(()), None);
            }
            self.waits = true;
            (Poll::Pending, timers.due.insert(self.key, cx.waker().clone()))
        });
        // The waker that was replaced ends here, when the timers are free again: its end may be anything's end.
        polled.expect("it is polled by a task").0
    }
}

/// Says that it took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time for it has run out")
    }
}

impl std::error::Error for Elapsed {}

/// Waits for a future for so long, and drops it then.
///
/// # Errors
/// It is not done by then.
///
/// # Panics
/// Outside of an executor.
pub async fn timeout<F: Future>(duration: Duration, future: F) -> Result<F::Output, Elapsed> {
    match select(future, sleep(duration)).await {
        Either::Left(output) => Ok(output),
        Either::Right(()) => Err(Elapsed),
    }
}

impl Drop for Sleep {
    /// A timer that nobody waits for any more goes out of the map at once, not when it is due.
    fn drop(&mut self) {
        if self.waits {
            // As above: the waker ends outside.
            drop(here(|local| local.timers.borrow_mut().due.remove(&self.key)));
        }
    }
}
