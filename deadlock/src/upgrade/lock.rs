//! A reader-writer lock whose readers may become the writer, small enough to see why that is a
//! trap.

use tracing::{Span, info_span};

use super::lane::{lock, wait_while};
use super::sync::{Condvar, Mutex, MutexGuard};

#[derive(Debug, Default)]
struct State {
    readers: u32,
    writing: bool,
    upgrading: bool,
    /// A reader has announced that it may want to.
    announced: bool,
    value: u32,
}

/// A lock around a number. A reader may ask to become the writer, and reads on until it is.
#[derive(Debug, Default)]
pub(super) struct Upgradable {
    state: Mutex<State>,
    changed: Condvar,
}

impl Upgradable {
    #[track_caller]
    fn wait_while(&self, condition: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        wait_while(&self.changed, lock(&self.state), condition)
    }

    /// Acquires the read lock, and returns the value. [`end_read`](Self::end_read) or an upgrade
    /// releases it.
    #[track_caller]
    pub(super) fn read(&self) -> (u32, Span) {
        let waits = info_span!("waits", what = "write");
        let mut state = self.wait_while(|state| state.writing || state.upgrading);
        drop(waits);
        state.readers += 1;
        (state.value, info_span!("holds", what = "read"))
    }

    /// As [`read`](Self::read), for a reader that may upgrade: there is one of those at a time.
    #[track_caller]
    pub(super) fn read_announced(&self) -> (u32, Span) {
        let waits = info_span!("waits", what = "upgradable read");
        let mut state = self.wait_while(|state| state.writing || state.announced);
        drop(waits);
        state.announced = true;
        state.readers += 1;
        (state.value, info_span!("holds", what = "upgradable read"))
    }

    /// Releases a read lock.
    #[track_caller]
    pub(super) fn end_read(&self) {
        lock(&self.state).readers -= 1;
        self.changed.notify_all();
    }

    /// Waits until it is the only reader, and becomes the writer.
    ///
    /// # Blocking
    /// Until all other readers have left; for ever, if one of them does the same.
    #[track_caller]
    pub(super) fn upgrade(&self) {
        self.become_writer(lock(&self.state));
    }

    #[track_caller]
    fn become_writer(&self, state: MutexGuard<'_, State>) {
        let waits = info_span!("waits", what = "read");
        let mut state = wait_while(&self.changed, state, |state| state.readers > 1);
        drop(waits);
        state.upgrading = false;
        state.writing = true;
    }

    /// As [`upgrade`](Self::upgrade), but fails at once where another reader waits for the same; no
    /// new readers are admitted meanwhile.
    #[track_caller]
    pub(super) fn upgrade_or_refuse(&self) -> bool {
        let mut state = lock(&self.state);
        let first = !std::mem::replace(&mut state.upgrading, true);
        if first {
            self.become_writer(state);
        }
        first
    }

    /// Waits until there is no reader and no writer, and becomes the writer; returns the value.
    #[track_caller]
    pub(super) fn write(&self) -> u32 {
        let waits = info_span!("waits", what = "read");
        let mut state = self.wait_while(|state| state.writing || state.readers > 0);
        drop(waits);
        state.writing = true;
        state.readers += 1;
        state.value
    }

    /// Writes, and releases the lock.
    #[track_caller]
    pub(super) fn set(&self, value: u32) {
        let mut state = lock(&self.state);
        state.value = value;
        state.writing = false;
        state.announced = false;
        state.readers -= 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Returns the value.
    #[track_caller]
    pub(super) fn value(&self) -> u32 {
        lock(&self.state).value
    }
}
