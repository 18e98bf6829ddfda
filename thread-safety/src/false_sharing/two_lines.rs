//! Each counter has a line of its own. It costs memory: a line has 64 bytes on x86-64, and
//! crossbeam pads to 128, since a prefetcher may fetch lines in pairs.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crossbeam_utils::CachePadded;

use super::{Counters, apart};

/// Two counters, each padded to a line.
#[derive(Debug, Default)]
pub struct TwoLines([CachePadded<AtomicU64>; 2]);

impl Counters for TwoLines {
    const NAME: &str = "two lines";

    fn count(&self, thread: usize, times: u32) {
        for _ in 0..times {
            self.0[thread].fetch_add(1, Relaxed);
        }
    }

    fn sums(&self) -> [u64; 2] {
        self.0.each_ref().map(|counter| counter.load(Relaxed))
    }

    fn apart(&self) -> usize {
        apart(&*self.0[0], &*self.0[1])
    }
}
