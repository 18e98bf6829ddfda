//! The flag is a message: who reads it has all that was written before it was sent.
//!
//! On x86 both are plain instructions; what they cost is the order that the compiler has to keep.

use super::Slot;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Writes the data, then sets the flag.
///
/// # Memory ordering
/// The Release store's partner is the Acquire load in [`look`].
pub fn publish(slot: &Slot, value: u32) {
    slot.data.store(value, Relaxed);
    slot.ready.store(true, Release);
}

/// Reads the data if the flag is set.
///
/// # Memory ordering
/// The Acquire load's partner is the Release store in [`publish`].
pub fn look(slot: &Slot) -> Option<u32> {
    slot.ready.load(Acquire).then(|| slot.data.load(Relaxed))
}
