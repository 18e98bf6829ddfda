//! A reader is let in unless a writer is inside or waits. The writer waits for those who were
//! inside when it came, and for nobody else.

use lock_api::RawRwLock as _;

use super::primitives::rwlock::RawRwLock;
use super::{Cues, Done, Duration, Lock, hand_over};

impl Lock for RawRwLock {
    fn read(&self) {
        self.lock_shared();
    }

    fn try_read(&self) -> bool {
        self.try_lock_shared()
    }

    fn leave(&self) {
        self.unlock_shared();
    }

    fn write(&self) {
        self.lock_exclusive();
    }

    fn leave_as_writer(&self) {
        self.unlock_exclusive();
    }

    fn writer_waits(&self) -> bool {
        let refused = !self.try_lock_shared();
        if !refused {
            self.unlock_shared();
        }
        refused
    }
}

/// Lets two readers hand over to each other, `turns` times each, while a writer asks.
pub fn run(turns: u32, cues: &Cues, pace: Duration) -> Done {
    hand_over(RawRwLock::INIT, turns, cues, pace)
}
