//! A race for a queued task: a worker is about to begin it, and its caller is about to cancel it.
//!
//! Both check whether the other one has it, and then take it: check, then act, which is not atomic,
//! for the other one may check in between. Both have to be one atomic step, a compare-and-swap or a
//! critical section; then one of the two wins, and the other one sees it. It is the same with
//! whatever two threads may claim: a seat, a job that is stolen, the last item of a queue.

use kit::sync_point::SyncPoint;
use tracing::info;

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

/// What became of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A worker ran it, and the caller was told that it is not cancelled.
    Ran,
    /// It never ran, and the caller was told so.
    Cancelled,
    /// The caller was told that it is cancelled, and it ran all the same.
    Both,
    /// The caller was told that it is not cancelled, and it did not run.
    Neither,
}

/// Checks first, then takes it; both meet in between. Relaxed will do: that both check before one
/// takes it needs no reordering.
pub fn looked_first(checked: SyncPoint) -> Fate {
    let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
    let side = |own: usize, says: &'static str| {
        let (flags, checked) = (Arc::clone(&flags), checked.clone());
        move || {
            let free = !flags[1 - own].load(Relaxed);
            info!("checks: {}", if free { "it is free" } else { "the other one has it" });
            checked.meet();
            if free {
                flags[own].store(true, Relaxed);
                info!("{says}");
            }
            free
        }
    };
    race(side(0, "begins the task"), side(1, "cancels the task"))
}

const QUEUED: u8 = 0;
const BEGUN: u8 = 1;
const CANCELLED: u8 = 2;

/// Takes it by a compare-and-swap: one word for both. Relaxed, for nothing but the word is handed
/// over with it.
pub fn one_step(start: SyncPoint) -> Fate {
    let state = Arc::new(AtomicU8::new(QUEUED));
    let side = |new: u8, says: &'static str| {
        let (state, start) = (Arc::clone(&state), start.clone());
        move || {
            start.meet();
            let mine = state.compare_exchange(QUEUED, new, Relaxed, Relaxed).is_ok();
            info!("{says}: {mine}");
            mine
        }
    };
    race(side(BEGUN, "begins the task"), side(CANCELLED, "cancels the task"))
}

/// Runs the worker's side and the caller's, each on a thread of its own; each returns whether it has
/// the task.
fn race(
    worker: impl FnOnce() -> bool + Send + 'static,
    caller: impl FnOnce() -> bool + Send + 'static,
) -> Fate {
    let (worker, caller) = (start("w1", worker), start("caller", caller));
    match (finish(worker), finish(caller)) {
        (true, false) => Fate::Ran,
        (false, true) => Fate::Cancelled,
        (true, true) => Fate::Both,
        (false, false) => Fate::Neither,
    }
}
