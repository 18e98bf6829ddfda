//! The counters are neighbours, as in any array or struct: they lie in one cache line.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crossbeam_utils::CachePadded;

use super::{Counters, apart};

/// Two counters, side by side. The padding keeps the *pair* in one line.
#[derive(Debug, Default)]
pub struct OneLine(CachePadded<[AtomicU64; 2]>);

impl Counters for OneLine {
    const NAME: &str = "one line";

    fn count(&self, thread: usize, times: u32) {
        for _ in 0..times {
            self.0[thread].fetch_add(1, Relaxed);
        }
    }

    fn sums(&self) -> [u64; 2] {
        self.0.each_ref().map(|counter| counter.load(Relaxed))
    }

    fn apart(&self) -> usize {
        apart(&self.0[0], &self.0[1])
    }
}
