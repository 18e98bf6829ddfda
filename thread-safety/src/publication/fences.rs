//! The order is asked for by fences, and the flag itself is Relaxed.
//!
//! It serves where one fence stands for many flags, or where the Acquire is wanted only if the flag
//! is set, as here.

use super::Slot;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::fence;

/// Writes the data, then sets the flag.
///
/// # Memory ordering
/// The Release fence's partner is the Acquire fence in [`look`]; the flag is what connects them.
pub fn publish(slot: &Slot, value: u32) {
    slot.data.store(value, Relaxed);
    fence(Release);
    slot.ready.store(true, Relaxed);
}

/// Reads the data if the flag is set.
///
/// # Memory ordering
/// The Acquire fence's partner is the Release fence in [`publish`].
pub fn look(slot: &Slot) -> Option<u32> {
    slot.ready.load(Relaxed).then(|| {
        fence(Acquire);
        slot.data.load(Relaxed)
    })
}
