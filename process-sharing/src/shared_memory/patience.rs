//! How often an end of a ring spins before it sleeps, adapted to what has paid lately.
//!
//! If the other end is awake, its answer comes sooner than a system call would return: to sleep would
//! cost twenty times as much. If it is not, spinning is in vain. What was true of the last wait is
//! likely to be true of the next: so a wait that was over while spinning doubles the limit, and one
//! that was not halves it. Now and then, an end spins for long all the same: otherwise two ends that
//! sleep would never find out that both could be awake.

use super::hint;

/// The number of times that an end spins before it sleeps.
#[derive(Debug)]
pub struct Patience {
    limit: u32,
    waits: u32,
    /// The number of sleeps.
    pub(crate) sleeps: u64,
    most: u32,
}

impl Patience {
    /// The least limit.
    const LEAST: u32 = 4;
    /// The limit after the first spinning that has paid: a message comes back in about ten spins.
    const SOME: u32 = 64;
    /// After this number of waits, an end spins up to the greatest limit.
    const TRY_AGAIN: u32 = 1024;

    /// Begins with the greatest limit, which is `most`; it soon falls if spinning is in vain.
    pub fn new(most: u32) -> Self {
        Self { limit: most, waits: 0, sleeps: 0, most }
    }

    #[inline]
    pub(super) fn spin(
        &mut self,
        meanwhile: impl Fn(),
        look: impl Fn() -> Option<u64>,
    ) -> Option<u64> {
        self.waits = self.waits.wrapping_add(1);
        let limit = if self.waits.is_multiple_of(Self::TRY_AGAIN) { self.most } else { self.limit };
        for _ in 0..limit {
            hint::spin_loop();
            meanwhile();
            if let Some(seen) = look() {
                self.limit = (self.limit * 2).max(Self::SOME).min(self.most);
                return Some(seen);
            }
        }
        self.limit = (self.limit / 2).max(Self::LEAST.min(self.most));
        None
    }
}
