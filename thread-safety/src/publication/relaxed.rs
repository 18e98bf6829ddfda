//! Nothing is asked for but that each access is whole: the flag may be seen before the data.
//!
//! The compiler, the processor's store buffer and its caches may each turn two relaxed accesses to
//! different words round. x86 does not, and rustc does not today: such a program runs for years,
//! and breaks on the first ARM server.

use super::Slot;
use super::sync::atomic::Ordering::Relaxed;

/// Writes the data, then sets the flag.
///
/// # Memory ordering
/// None between the two: neither store has a partner.
pub fn publish(slot: &Slot, value: u32) {
    slot.data.store(value, Relaxed);
    slot.ready.store(true, Relaxed);
}

/// Reads the data if the flag is set.
///
/// # Memory ordering
/// None: the load of the data may be done before that of the flag.
pub fn look(slot: &Slot) -> Option<u32> {
    slot.ready.load(Relaxed).then(|| slot.data.load(Relaxed))
}
