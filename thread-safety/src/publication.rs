//! t1 writes the data, then sets a flag (publishes); t2 sees the flag and reads the data (consumes
//! it). Does t2 read what was written?
//!
//! Each module is a variant: `publish` for t1, `try_consume` for t2. The data is atomic as well:
//! read too early, it is old. Plain data would be a data race, which is undefined behaviour.

use crossbeam_utils::CachePadded;
use tracing::info_span;

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicBool, AtomicU32, fence};
use super::{hint, thread};

/// The data, 0 until it is published, and the flag that is set then; each in its own cache line.
#[derive(Debug, Default)]
pub struct Slot {
    data: CachePadded<AtomicU32>,
    ready: CachePadded<AtomicBool>,
}

/// Orders nothing: the compiler and the processor may each reorder two relaxed accesses to
/// different words. x86 does not, and rustc does not today: such a program runs for years, and
/// breaks on the first ARM server.
pub mod relaxed {
    use super::*;

    /// Writes the data, then sets the flag.
    pub fn publish(slot: &Slot, value: u32) {
        slot.data.store(value, Relaxed);
        slot.ready.store(true, Relaxed);
    }

    /// Reads the data if the flag is set.
    pub fn try_consume(slot: &Slot) -> Option<u32> {
        slot.ready.load(Relaxed).then(|| slot.data.load(Relaxed))
    }
}

/// Orders the two: all that was written before the Release store happens before what follows the
/// Acquire load that reads it. On x86 both are plain instructions.
pub mod release_acquire {
    use super::*;

    /// Writes the data, then sets the flag. The Release's partner is the Acquire in
    /// [`try_consume`].
    pub fn publish(slot: &Slot, value: u32) {
        slot.data.store(value, Relaxed);
        slot.ready.store(true, Release);
    }

    /// Reads the data if the flag is set. The Acquire's partner is the Release in [`publish`].
    pub fn try_consume(slot: &Slot) -> Option<u32> {
        slot.ready.load(Acquire).then(|| slot.data.load(Relaxed))
    }
}

/// Has one half of the pair: t1 keeps its order, but t2 may read the data before the flag. A
/// Release store orders nothing by itself; it takes an Acquire load that reads it.
pub mod release_alone {
    pub use super::relaxed::try_consume;
    pub use super::release_acquire::publish;
}

/// Orders the two by fences; the flag itself is Relaxed. It serves where one fence stands for many
/// flags, or where the Acquire is wanted only if the flag is set, as here.
pub mod fences {
    use super::*;

    /// Writes the data, then sets the flag. The partner of the fence is that in [`try_consume`].
    pub fn publish(slot: &Slot, value: u32) {
        slot.data.store(value, Relaxed);
        fence(Release);
        slot.ready.store(true, Relaxed);
    }

    /// Reads the data if the flag is set. The partner of the fence is that in [`publish`].
    pub fn try_consume(slot: &Slot) -> Option<u32> {
        slot.ready.load(Relaxed).then(|| {
            fence(Acquire);
            slot.data.load(Relaxed)
        })
    }
}

/// Has one total order of all these accesses, more than one flag needs; two flags that look at each
/// other need it (`litmus`, sb). It holds because a `SeqCst` store is a Release, a load an Acquire.
pub mod seq_cst {
    use super::*;

    /// Writes the data, then sets the flag, by a store that is a Release as well.
    pub fn publish(slot: &Slot, value: u32) {
        slot.data.store(value, SeqCst);
        slot.ready.store(true, SeqCst);
    }

    /// Reads the data if the flag is set, by a load that is an Acquire as well.
    pub fn try_consume(slot: &Slot) -> Option<u32> {
        slot.ready.load(SeqCst).then(|| slot.data.load(SeqCst))
    }
}

/// Takes std's cell that is written once: it has the flag, the data and the orderings inside.
pub mod once_lock {
    use std::sync::OnceLock;

    /// Writes the data, and the cell publishes it.
    pub fn publish(slot: &OnceLock<u32>, value: u32) {
        slot.set(value).expect("a slot is published once");
    }

    /// Reads the data if it is there.
    pub fn try_consume(slot: &OnceLock<u32>) -> Option<u32> {
        slot.get().copied()
    }
}

/// Publishes 1 on one thread and tries once to consume it on another, for a model checker.
/// `Some(0)` is the flag without the data.
pub fn once(publish: fn(&Slot, u32), try_consume: fn(&Slot) -> Option<u32>) -> Option<u32> {
    let slot = Arc::new(Slot::default());
    let slot1 = Arc::clone(&slot);
    let t1 = start("t1", move || publish(&slot1, 1));
    let seen = try_consume(&slot);
    finish(t1);
    seen
}

/// Publishes into one slot after the other on t1, and follows on t2 as closely as it can; returns
/// how often the flag was seen without the data.
pub fn stress<S: Default + Send + Sync + 'static>(
    slots: u32,
    publish: fn(&S, u32),
    try_consume: fn(&S) -> Option<u32>,
) -> u32 {
    let slots: Arc<Vec<S>> = Arc::new((0..slots).map(|_| S::default()).collect());
    let slots1 = Arc::clone(&slots);
    let t1 = start("t1", move || {
        let _runs = info_span!("runs", what = "publishes");
        slots1.iter().zip(1..).for_each(|(slot, value)| publish(slot, value));
    });
    let t2 = start("t2", move || {
        let _runs = info_span!("runs", what = "reads");
        slots.iter().map(|slot| u32::from(consume(slot, try_consume) == 0)).sum()
    });
    finish(t1);
    finish(t2)
}

/// Spins until the flag is set.
fn consume<S>(slot: &S, try_consume: fn(&S) -> Option<u32>) -> u32 {
    loop {
        for _ in 0..1_000 {
            if let Some(seen) = try_consume(slot) {
                return seen;
            }
            hint::spin_loop();
        }
        // t1 may be waiting for the core that this thread is on.
        thread::yield_now();
    }
}
