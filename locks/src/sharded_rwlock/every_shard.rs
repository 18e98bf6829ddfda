//! The writer takes every shard, from the first to the last: whichever is a reader's, the writer
//! has it.

use lock_api::RawRwLock as _;

use super::primitives::sharded_rwlock::RawShardedRwLock;
use super::{Cues, Duration, Lock, READERS, write_and_read};

impl Lock for RawShardedRwLock {
    fn read(&self) {
        self.lock_shared(READERS);
    }

    fn leave(&self) {
        self.unlock_shared(READERS);
    }

    fn write(&self) {
        self.lock_exclusive();
    }

    fn leave_as_writer(&self) {
        self.unlock_exclusive();
    }
}

/// Lets a writer write 1 to both values, and a reader read both; returns what the reader has seen.
pub fn run(cues: &Cues, pace: Duration) -> [u32; 2] {
    write_and_read(RawShardedRwLock::INIT, cues, pace.saturating_mul(4), pace)
}
