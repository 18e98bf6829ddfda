//! The latch knows from the start how many have to be done: it does not matter who comes first.

use super::primitives::latch::Latch;
use super::{Cues, Duration, Gate, work};

impl Gate for Latch {
    fn begin(&self) {}

    fn end(&self) {
        self.count_down();
    }

    fn wait(&self) {
        Latch::wait(self);
    }
}

/// Lets threads work, up to three, and one wait for them; returns how many were done when it went
/// on.
pub fn run(workers: u32, cues: &Cues, pace: Duration) -> u32 {
    work(Latch::new(workers), workers, cues, pace.saturating_mul(4), pace)
}
