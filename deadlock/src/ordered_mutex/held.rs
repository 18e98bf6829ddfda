//! The locks that a thread holds, in the order in which it acquired them; also while its
//! thread-locals are destroyed.
//!
//! A thread-local with a destructor is gone once that has run, and code that asks for it then panics:
//! in the destructor of another thread-local, that aborts the process. The list has no destructor, so
//! it stays. A thread-local of its own frees its memory, and once that is gone, the removal of the
//! last entry does.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::Place;

/// A lock that a thread holds, and where it acquired it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) number: u64,
    /// The graph that made it.
    pub(super) graph: usize,
    pub(super) name: Arc<str>,
    pub(super) at: Place,
}

struct AtTheEnd;

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        change(free_if_empty);
    }
}

thread_local! {
    static HELD: RefCell<ManuallyDrop<Vec<Held>>> = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
    static AT_THE_END: AtTheEnd = const { AtTheEnd };
}

/// Lets `look` see the locks that this thread holds.
///
/// On a system whose thread-locals all have a destructor, none is seen after that: a lock is acquired
/// without a note.
pub(super) fn look<R>(look: impl Fn(&[Held]) -> R) -> R {
    HELD.try_with(|held| look(&held.borrow())).unwrap_or_else(|_| look(&[]))
}

/// Adds a lock that this thread has acquired.
pub(super) fn add(lock: Held) {
    change(|held| held.push(lock));
}

/// Removes a lock that this thread releases.
pub(super) fn remove(number: u64) {
    change(|held| {
        held.retain(|held| held.number != number);
        if AT_THE_END.try_with(|_| ()).is_err() {
            free_if_empty(held);
        }
    });
}

/// Changes the list. Nothing that the closures above call comes back here, so it is not borrowed.
fn change(change: impl FnOnce(&mut Vec<Held>)) {
    let _ = HELD.try_with(|held| change(&mut held.borrow_mut()));
}

fn free_if_empty(held: &mut Vec<Held>) {
    if held.is_empty() {
        *held = Vec::new();
    }
}
