//! What to take: std's cell that is written once has the flag, the data and the pair of orderings
//! inside.
//!
//! It has std's own atomics in every compilation of this file, so Loom has no word on it.

use std::sync::OnceLock;

/// Writes the data and says that it is there.
///
/// # Panics
/// If something is there already.
pub fn publish(slot: &OnceLock<u32>, value: u32) {
    slot.set(value).expect("a slot is published once");
}

/// Reads the data if it is there.
pub fn look(slot: &OnceLock<u32>) -> Option<u32> {
    slot.get().copied()
}
