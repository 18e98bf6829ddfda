//! The largest number of threads that were in a section at once.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A gauge of the threads that are in a section now, and its maximum. All `Relaxed`, for the counts
/// guard nothing; std's atomics also in a run under the model checker, for it is an instrument.
#[derive(Debug, Default)]
pub struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    /// Counts a thread in.
    pub fn enter(&self) {
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
    }

    /// Counts a thread out.
    pub fn leave(&self) {
        self.now.fetch_sub(1, Relaxed);
    }

    /// Returns the maximum.
    pub fn most(&self) -> usize {
        self.most.load(Relaxed)
    }
}
