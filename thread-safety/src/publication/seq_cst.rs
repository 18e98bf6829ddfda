//! One order of all such accesses for all threads: more than one flag needs.
//!
//! It holds because a `SeqCst` store is a Release, and a `SeqCst` load an Acquire. The rest is paid
//! for (on x86 the store waits until the store buffer is empty) and not used. Two flags that look
//! at each other need it: see `litmus`, sb.

use super::Slot;
use super::sync::atomic::Ordering::SeqCst;

/// Writes the data, then sets the flag.
///
/// # Memory ordering
/// The store of the flag is a Release as well; its partner is the load in [`look`].
pub fn publish(slot: &Slot, value: u32) {
    slot.data.store(value, SeqCst);
    slot.ready.store(true, SeqCst);
}

/// Reads the data if the flag is set.
///
/// # Memory ordering
/// The load of the flag is an Acquire as well; its partner is the store in [`publish`].
pub fn look(slot: &Slot) -> Option<u32> {
    slot.ready.load(SeqCst).then(|| slot.data.load(SeqCst))
}
