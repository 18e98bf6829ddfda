//! Each thread counts in a variable of its own and adds it up once: neighbours do no harm if they
//! are seldom written to.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crossbeam_utils::CachePadded;

use super::{Counters, apart};

/// Two counters, side by side, each written to once.
#[derive(Debug, Default)]
pub struct Own(CachePadded<[AtomicU64; 2]>);

impl Counters for Own {
    const NAME: &str = "own variable";

    fn count(&self, thread: usize, times: u32) {
        let mut own = 0;
        for _ in 0..times {
            // With optimisation, the loop would be one addition, and there would be nothing to
            // measure.
            own = black_box(own) + 1;
        }
        self.0[thread].fetch_add(own, Relaxed);
    }

    fn sums(&self) -> [u64; 2] {
        self.0.each_ref().map(|counter| counter.load(Relaxed))
    }

    fn apart(&self) -> usize {
        apart(&self.0[0], &self.0[1])
    }
}
