//! The inbox for the wake-ups of other threads, all of which the executor's thread takes at once:
//! the only thing here that threads share.
//!
//! ```text
//! any thread                           the owner
//! puts a waker in, under the lock      takes all there are, under the lock
//! unparks the owner                    parks, if there was none
//! ```
//!
//! No wake-up is lost between the owner's look and its park: `unpark` leaves a token, and `park`
//! consumes it instead of sleeping. And what was written before a wake-up is visible to the poll
//! after it: the lock makes the one happen before the other.

use super::sync::{AtomicBool, Mutex, Ordering, Thread, current};

/// A flag that a task is in the inbox, so that it is there once, however often it is woken.
#[derive(Debug)]
pub(super) struct Posted(AtomicBool);

impl Posted {
    pub(super) fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Sets the flag; returns whether the task has to be put in now, since it was not set.
    pub(super) fn note(&self) -> bool {
        // Release: what was written before this wake-up is visible after `clear`, also where
        // another wake-up has put the task in.
        !self.0.swap(true, Ordering::Release)
    }

    /// Clears the flag, before the task is polled: a wake-up from here on means another poll.
    #[inline]
    pub(super) fn clear(&self) {
        // A flag that is not seen yet need not be cleared: the thread that set it puts the task in,
        // and the lock makes it visible there.
        if self.0.load(Ordering::Relaxed) {
            // Acquire: pairs with the Release of every `note` since the last one. A swap, for it
            // has to read what it replaces; a store would not.
            self.0.swap(false, Ordering::Acquire);
        }
    }
}

/// An inbox that any thread fills, for one that empties it.
#[derive(Debug)]
pub(super) struct Inbox<T> {
    /// `None`: it is closed.
    woken: Mutex<Option<Vec<T>>>,
    pub(super) owner: Thread,
}

impl<T> Inbox<T> {
    /// Returns an empty inbox of this thread.
    pub(super) fn new() -> Self {
        Self { woken: Mutex::new(Some(Vec::new())), owner: current() }
    }

    /// Puts one in, and unparks the owner; if the inbox is closed, the one is dropped.
    pub(super) fn post(&self, one: T) {
        if let Some(woken) = self.woken.lock().expect("nobody panics under this lock").as_mut() {
            woken.push(one);
        }
        // After it was put in, so that the owner finds it; and without the lock, also for the
        // destructor of what was refused.
        self.owner.unpark();
    }

    /// Takes all that is there, in FIFO order.
    pub(super) fn take(&self) -> Vec<T> {
        let mut woken = self.woken.lock().expect("nobody panics under this lock");
        woken.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Takes all that is there, and closes the inbox.
    pub(super) fn close(&self) -> Vec<T> {
        self.woken.lock().expect("nobody panics under this lock").take().unwrap_or_default()
    }
}
