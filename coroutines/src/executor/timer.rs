//! Timers: a heap of the moments at which they are due. Most are timeouts that are dropped in time,
//! so a drop takes the waker alone; its moment is thrown out later.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use slab::Slab;

use super::local::here;

/// The moment at which a timer is due; its number, for two may be due at the same moment; and the
/// place of its waker.
type Key = (Instant, u64, usize);

/// The timers of an executor.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// Those that were dropped since included; when the next one comes, no more than as many again,
    /// and 64.
    pub(super) due: BinaryHeap<Reverse<Key>>,
    /// Each with the number of its timer; as many places as have been in use at once.
    wakers: Slab<(u64, Waker)>,
    /// The number of the next one.
    number: u64,
    /// What time it is, where the clock stands still.
    pub(super) paused: Option<Instant>,
}

impl Timers {
    fn now(&self) -> Instant {
        self.paused.unwrap_or_else(Instant::now)
    }

    fn set(&mut self, at: Instant, waker: Waker) -> Key {
        let key = (at, self.number, self.wakers.insert((self.number, waker)));
        self.number += 1;
        let most = 2 * self.wakers.len() + 64;
        if self.due.len() >= most {
            self.due.retain(|Reverse(key)| is_set(&self.wakers, key));
            self.due.shrink_to(most);
        }
        self.due.push(Reverse(key));
        key
    }

    fn unset(&mut self, key: Key) -> Option<Waker> {
        is_set(&self.wakers, &key).then(|| self.wakers.remove(key.2).1)
    }

    /// Takes out the first one: its waker, unless it was dropped.
    pub(super) fn pop(&mut self) -> Option<Option<Waker>> {
        self.due.pop().map(|Reverse(key)| self.unset(key))
    }

    /// Does so if it is due.
    pub(super) fn pop_due(&mut self) -> Option<Option<Waker>> {
        self.due.peek().filter(|first| first.0.0 <= self.now())?;
        self.pop()
    }

    /// Returns how long it is until the first one is due. A clock that stands still jumps there.
    pub(super) fn until_next(&mut self) -> Duration {
        while self.due.peek().is_some_and(|Reverse(key)| !is_set(&self.wakers, key)) {
            self.due.pop();
        }
        let Some(Reverse(first)) = self.due.peek() else { return Duration::MAX };
        self.paused = self.paused.map(|now| now.max(first.0));
        first.0.saturating_duration_since(self.now())
    }
}

fn is_set(wakers: &Slab<(u64, Waker)>, &(_, number, place): &Key) -> bool {
    wakers.get(place).is_some_and(|waker| waker.0 == number)
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
    waits: Option<Waits>,
}

/// A timer that is set, and its timers. It takes its waker away when it is dropped, not when it is
/// due, and wherever that is.
struct Waits(Rc<RefCell<Timers>>, Key);

impl Drop for Waits {
    fn drop(&mut self) {
        // Its destructor is foreign code: it comes last, while nothing is borrowed.
        let _waker = self.0.borrow_mut().unset(self.1);
    }
}

/// Sleeps for a duration, counted from now. One that is too long for the clock, such as
/// [`Duration::MAX`], never ends.
///
/// # Panics
/// Outside of an executor.
pub fn sleep(duration: Duration) -> Sleep {
    Sleep { at: now().checked_add(duration), looks: duration.is_zero(), waits: None }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.at else { return Poll::Pending };
        if std::mem::replace(&mut self.looks, true) && at <= now() {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let timers = here(|local| Rc::clone(&local.timers)).expect("it is polled by a task");
        let key = timers.borrow_mut().set(at, waker);
        self.waits = Some(Waits(timers, key));
        Poll::Pending
    }
}

/// The error of a future that has timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the timeout has elapsed")]
pub struct Elapsed;

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
    let at = here(|_| now().checked_add(duration));
    async move {
        let at = at.unwrap_or_else(|| now().checked_add(duration));
        let mut limit = Sleep { at, looks: duration.is_zero(), waits: None };
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => Pin::new(&mut limit).poll(cx).map(|()| Err(Elapsed)),
        })
        .await
    }
}
