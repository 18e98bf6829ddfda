//! Where other threads put what they wake, for the executor's thread to take all at once: the only
//! thing here that threads share.
//!
//! ```text
//! any thread                           the owner
//! puts it in, under the lock           takes all there is, under the lock
//! unparks the owner                    parks, if there was none
//! ```
//!
//! No wake is lost between the owner's look and its sleep: `unpark` leaves a token, and `park`
//! takes it instead of sleeping. And what was written before a wake is seen by the poll after it,
//! for the lock orders the two.

use super::sync::{AtomicBool, Mutex, Ordering, Thread, current};

/// A note that something is in the inbox, so that it is there once, however often it is woken.
#[derive(Debug)]
pub(super) struct Posted(AtomicBool);

impl Posted {
    pub(super) fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Notes it; returns whether it has to be put in now, since the note was not there.
    pub(super) fn note(&self) -> bool {
        // Release: what was written before this wake is seen after `clear`, also if another wake
        // has put it in.
        !self.0.swap(true, Ordering::Release)
    }

    /// Takes the note off, before what it is about is looked at: a wake from here on means another
    /// look.
    pub(super) fn clear(&self) {
        // A note that is not seen yet is not taken off: whoever made it puts it in, and there the
        // lock shows it.
        if self.0.load(Ordering::Relaxed) {
            // Acquire: pairs with the Release of every `note` since the last one. It has to read
            // what it replaces, as a store would not.
            self.0.swap(false, Ordering::Acquire);
        }
    }
}

/// Takes from any thread, for one.
#[derive(Debug)]
pub(super) struct Inbox<T> {
    /// `None`: nobody will take out any more.
    woken: Mutex<Option<Vec<T>>>,
    owner: Thread,
}

impl<T> Inbox<T> {
    /// Makes an empty inbox for the thread that asks.
    pub(super) fn new() -> Self {
        Self { woken: Mutex::new(Some(Vec::new())), owner: current() }
    }

    /// Puts one in, and wakes the owner; if the inbox is closed, the one is dropped.
    pub(super) fn post(&self, one: T) {
        if let Some(woken) = self.woken.lock().expect("nobody panics under this lock").as_mut() {
            woken.push(one);
        }
        // After it was put in, so that the owner finds it; and without the lock, also for the end
        // of what was refused.
        self.owner.unpark();
    }

    /// Takes out all that is there, the oldest first.
    pub(super) fn take(&self) -> Vec<T> {
        self.woken
            .lock()
            .expect("nobody panics under this lock")
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Does the same, and lets nothing in any more.
    pub(super) fn close(&self) -> Vec<T> {
        self.woken.lock().expect("nobody panics under this lock").take().unwrap_or_default()
    }
}
