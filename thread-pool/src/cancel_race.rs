//! Whose a queued task is, when a worker is about to begin it and its caller is about to cancel it.
//!
//! Both look whether the other one has it, and then take it: two steps, between which the other one
//! may look too. Looking and taking have to be one step, a compare-exchange or a lock; then one of
//! the two wins, and the other one knows. It is the same with whatever two may claim: a seat, a job
//! that is stolen, the last item of a queue.

use std::sync::Barrier;

use tracing::info;

use super::sync::Arc;
use super::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use super::thread;

/// Says what became of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Whether the caller was told that it is cancelled.
    pub cancelled: bool,
    /// Whether it ran all the same.
    pub ran: bool,
}

impl Fate {
    /// Says whether it is one of the two, as it has to be.
    pub fn is_one(self) -> bool {
        self.cancelled != self.ran
    }
}

/// Where both meet before they take it, so that both have looked; or nobody does, for the model
/// checker, where every schedule gets its turn anyway.
pub type Meeting = Option<Arc<Barrier>>;

fn meet(meeting: &Meeting) {
    if let Some(meeting) = meeting {
        meeting.wait();
    }
}

/// Looks first, then takes it. Relaxed will do: that both have looked before one takes it needs no
/// reordering.
///
/// # Panics
/// If the system has no room for a thread.
pub fn looked_first(meeting: Meeting) -> Fate {
    let (begun, cancelled) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (begun2, cancelled2, meeting2) =
        (Arc::clone(&begun), Arc::clone(&cancelled), meeting.clone());
    between(
        move || {
            let free = !cancelled.load(Relaxed);
            info!("looks: {}", if free { "it is free" } else { "it is cancelled" });
            meet(&meeting);
            if free {
                begun.store(true, Relaxed);
                info!("begins the task");
            }
            free
        },
        move || {
            let free = !begun2.load(Relaxed);
            info!("looks: {}", if free { "it is free" } else { "it has begun" });
            meet(&meeting2);
            if free {
                cancelled2.store(true, Relaxed);
                info!("cancels the task");
            }
            free
        },
    )
}

const QUEUED: u8 = 0;
const BEGUN: u8 = 1;
const CANCELLED: u8 = 2;

/// Looks and takes it in one step: one word for both, and a compare-exchange. Relaxed, for here
/// nothing is handed over with it but the word.
///
/// # Panics
/// If the system has no room for a thread.
pub fn one_step(meeting: Meeting) -> Fate {
    let state = Arc::new(AtomicU8::new(QUEUED));
    let (state2, meeting2) = (Arc::clone(&state), meeting.clone());
    let take =
        |state: &AtomicU8, new| state.compare_exchange(QUEUED, new, Relaxed, Relaxed).is_ok();
    between(
        move || {
            meet(&meeting);
            let mine = take(&state, BEGUN);
            info!("begins the task: {mine}");
            mine
        },
        move || {
            meet(&meeting2);
            let mine = take(&state2, CANCELLED);
            info!("cancels the task: {mine}");
            mine
        },
    )
}

/// Runs the worker's side and the caller's, each on a thread of its own: each says whether it has
/// the task.
fn between(
    worker: impl FnOnce() -> bool + Send + 'static,
    caller: impl FnOnce() -> bool + Send + 'static,
) -> Fate {
    let start = |name: &str, side: Box<dyn FnOnce() -> bool + Send>| {
        thread::Builder::new()
            .name(name.into())
            .spawn(side)
            .expect("the system has room for a thread")
    };
    let (worker, caller) = (start("w1", Box::new(worker)), start("caller", Box::new(caller)));
    let took = |side: thread::JoinHandle<bool>| side.join().expect("neither side panics");
    Fate { ran: took(worker), cancelled: took(caller) }
}
