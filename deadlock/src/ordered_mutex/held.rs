//! The locks that a thread holds, in the order in which it acquired them; also while its
//! thread-locals are destroyed.
//!
//! A thread-local with a destructor is gone once that has run, and code that asks for it then panics:
//! in the destructor of another thread-local, that aborts the process. The list has no destructor, so
//! it stays. A thread-local of its own frees its memory, and once that is gone, the removal of the
//! last entry does.

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use super::Place;

/// A lock that a thread holds, and where it acquired it.
#[derive(Debug)]
pub(super) struct Held {
    /// The lock's number in its graph.
    pub(super) lock: usize,
    /// The number of the graph that made it.
    pub(super) graph: usize,
    pub(super) at: Place,
    /// Whether it was only tried, so that no order of it and those before it was noted.
    pub(super) tried: bool,
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

/// Adds a lock that this thread is about to acquire, if `check` finds nothing wrong with the locks
/// that it holds.
///
/// On a system whose thread-locals all have a destructor, nothing is checked or added after that.
pub(super) fn add<E>(lock: Held, check: impl FnOnce(&[Held]) -> Result<(), E>) -> Result<(), E> {
    let add = |held: &RefCell<ManuallyDrop<Vec<Held>>>| {
        let mut held = held.borrow_mut();
        check(&held)?;
        held.push(lock);
        Ok(())
    };
    HELD.try_with(add).unwrap_or(Ok(()))
}

/// Removes a lock that this thread releases: mostly the one that it acquired last.
pub(super) fn remove(lock: usize, graph: usize) {
    let is_it = |held: &Held| (held.lock, held.graph) == (lock, graph);
    change(|held| {
        if held.pop_if(|held| is_it(held)).is_none() {
            held.retain(|held| !is_it(held));
        }
        if held.is_empty() && AT_THE_END.try_with(|_| ()).is_err() {
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
