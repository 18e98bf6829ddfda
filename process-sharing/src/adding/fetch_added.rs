//! Reads and writes in one step of the processor: for one number, that is all it takes.

use super::{Relaxed, Tally};

/// Adds 1.
pub fn add(tally: &Tally) {
    let before = tally.number.fetch_add(1, Relaxed);
    tracing::info!("adds 1 to {before}");
}
