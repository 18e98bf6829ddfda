//! The inbox for the wake-ups of other threads, all of which the executor's thread takes at once:
//! the only thing here that threads share.
//!
//! ```text
//! any thread                           the owner
//! puts a task in, under the lock       takes all there are, under the lock
//! unparks the owner                    parks, if there was none
//! ```
//!
//! No wake-up is lost between the owner's look and its park: `unpark` leaves a token, and `park`
//! consumes it instead of sleeping. And what was written before a wake-up is visible to the poll
//! after it: the lock makes the one happen before the other.

use std::collections::BTreeSet;

use super::sync::{Mutex, Thread, current};

pub(super) const NO_PANIC: &str = "nobody panics under this lock";

/// An inbox that any thread fills, for one that empties it.
pub(super) struct Inbox<T> {
    /// In FIFO order; and the same once more, since each is there once, however often it is woken.
    woken: Mutex<(Vec<T>, BTreeSet<T>)>,
    pub(super) owner: Thread,
}

impl<T> Default for Inbox<T> {
    /// Returns an empty inbox of this thread.
    fn default() -> Self {
        Self { woken: Mutex::new((Vec::new(), BTreeSet::new())), owner: current() }
    }
}

impl<T: Copy + Ord> Inbox<T> {
    /// Puts one in, and unparks the owner.
    pub(super) fn post(&self, one: T) {
        {
            let (fifo, known) = &mut *self.woken.lock().expect(NO_PANIC);
            if known.insert(one) {
                fifo.push(one);
            }
        }
        // After it was put in, so that the owner finds it.
        self.owner.unpark();
    }

    /// Takes all that is there, in FIFO order.
    pub(super) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.woken.lock().expect(NO_PANIC)).0
    }
}
