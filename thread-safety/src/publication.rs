//! t1 writes the data, then sets a flag; t2 sees the flag and reads the data. Does it read what was
//! written?
//!
//! Each form has the same two functions: `publish` for t1, `look` for t2. They differ in their
//! orderings alone. The data is atomic, too: read too early, it is old, and the program goes on.
//! Plain data would be a data race, and with it all bets are off.

use crossbeam_utils::CachePadded;
use tracing::info_span;

use super::lane::{finish, start};
use super::sync::atomic::{AtomicBool, AtomicU32};
use super::sync::{self, Arc};
use super::{hint, thread};

pub mod fences;
pub mod once_lock;
pub mod relaxed;
pub mod release_acquire;
pub mod release_alone;
pub mod seq_cst;

/// Holds the data, 0 until it is published, and the flag that says that it is.
#[derive(Debug)]
pub struct Slot {
    data: CachePadded<AtomicU32>,
    ready: CachePadded<AtomicBool>,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            data: CachePadded::new(AtomicU32::new(0)),
            ready: CachePadded::new(AtomicBool::new(false)),
        }
    }
}

/// How a value is published into a slot.
pub type Publish<S> = fn(&S, u32);

/// How a slot is looked at: what is published there, if something is.
pub type Look<S> = fn(&S) -> Option<u32>;

/// Publishes 1 on one thread and looks once on another, for a model checker. `Some(0)` is the flag
/// without the data.
pub fn once<S: Default + Send + Sync + 'static>(publish: Publish<S>, look: Look<S>) -> Option<u32> {
    let slot = Arc::new(S::default());
    let slot1 = Arc::clone(&slot);
    let t1 = start("t1", move || publish(&slot1, 1));
    let seen = look(&slot);
    finish(t1);
    seen
}

/// Publishes into one slot after the other on t1, and follows on t2 as closely as it can; returns
/// how often the flag was seen without the data.
pub fn many<S: Default + Send + Sync + 'static>(
    slots: u32,
    publish: Publish<S>,
    look: Look<S>,
) -> u32 {
    let slots: Arc<Vec<S>> = Arc::new((0..slots).map(|_| S::default()).collect());
    let slots2 = Arc::clone(&slots);
    let t2 = start("t2", move || {
        let _runs = info_span!("runs", what = "reads");
        let early = slots2.iter().filter(|slot| wait(|| look(slot)) == 0);
        u32::try_from(early.count()).unwrap_or(u32::MAX)
    });
    let t1 = start("t1", move || {
        let _runs = info_span!("runs", what = "publishes");
        for (slot, value) in slots.iter().zip(1..) {
            publish(slot, value);
        }
    });
    finish(t1);
    finish(t2)
}

/// Looks until there is something.
fn wait(look: impl Fn() -> Option<u32>) -> u32 {
    let mut looked = 0_u32;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        looked += 1;
        // t1 may be waiting for the core that this thread is on.
        if looked.is_multiple_of(1_000) { thread::yield_now() } else { hint::spin_loop() }
    }
}
