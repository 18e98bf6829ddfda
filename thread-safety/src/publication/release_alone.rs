//! One half of the pair: t1 keeps its order, t2 does not. The data may be read before the flag.
//!
//! A Release store does nothing by itself. It takes an Acquire load that reads it.

use super::Slot;
use super::sync::atomic::Ordering::{Relaxed, Release};

/// Writes the data, then sets the flag.
///
/// # Memory ordering
/// The Release store has no partner: the load in [`look`] is Relaxed.
pub fn publish(slot: &Slot, value: u32) {
    slot.data.store(value, Relaxed);
    slot.ready.store(true, Release);
}

/// Reads the data if the flag is set.
///
/// # Memory ordering
/// The Relaxed load takes nothing from the Release store in [`publish`].
pub fn look(slot: &Slot) -> Option<u32> {
    slot.ready.load(Relaxed).then(|| slot.data.load(Relaxed))
}
