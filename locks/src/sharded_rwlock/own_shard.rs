//! The writer takes its own shard, as the readers do. So it excludes the readers of that shard, and
//! no others.

use lock_api::RawRwLock as _;

use super::primitives::rwlock::RawRwLock;
use super::{Cues, Duration, Lock, READERS, WRITERS, write_and_read};

struct Shards([RawRwLock; 2]);

impl Lock for Shards {
    fn read(&self) {
        self.0[READERS].lock_shared();
    }

    fn leave(&self) {
        self.0[READERS].unlock_shared();
    }

    fn write(&self) {
        self.0[WRITERS].lock_exclusive();
    }

    fn leave_as_writer(&self) {
        self.0[WRITERS].unlock_exclusive();
    }
}

/// Lets a writer write 1 to both values, and a reader read both; returns what the reader has seen.
pub fn run(cues: &Cues, pace: Duration) -> [u32; 2] {
    // Nothing keeps the reader out: the writer can wait for it, however long it takes.
    let shards = Shards([RawRwLock::INIT, RawRwLock::INIT]);
    write_and_read(shards, cues, Duration::from_secs(10), pace)
}
