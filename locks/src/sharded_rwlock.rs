//! A reader acquires one shard of a lock; and a writer?
//!
//! The reader's shard is 0 and the writer's own shard is 1. The writer changes two values that
//! belong together.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use lock_api::RawRwLock as _;
use tracing::info_span;

use super::lane::{run_all, task};
use super::primitives::rwlock::RawRwLock;
use super::primitives::sharded_rwlock::RawShardedRwLock;
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync_point;

/// The shards of these two threads.
const READERS: usize = 0;
const WRITERS: usize = 1;

/// A lock of shards, with a writer as the variant has it.
trait Lock: Send + Sync + 'static {
    fn read(&self);
    fn leave(&self);
    fn write(&self);
    fn leave_as_writer(&self);
}

/// What the two threads share. The values are Relaxed: the lock has to keep them together.
type Shared<L> = (L, [AtomicU32; 2], SyncPoint);

/// Lets a writer write 1 to both values, and a reader read both; returns what the reader has seen.
///
/// The window is widened: the reader asks when the first value is written. The writer writes the
/// second one when the reader has read, or, if the reader is kept out, after `timeout`.
fn write_and_read<L: Lock>(lock: L, timeout: Duration, pace: Duration) -> [u32; 2] {
    let shared = Arc::new((lock, [AtomicU32::new(0), AtomicU32::new(0)], sync_point()));
    let reader = move |(lock, values, window): &Shared<L>| {
        window.wait_for(1);
        let waits = info_span!("waits", what = "read");
        lock.read();
        let _holds = info_span!("holds", what = "read");
        drop(waits);
        let seen = [0, 1].map(|index| values[index].load(Relaxed));
        std::thread::sleep(pace);
        window.arrive();
        lock.leave();
        seen
    };
    let writer = move |(lock, values, window): &Shared<L>| {
        lock.write();
        let _holds = info_span!("holds", what = "write");
        values[0].store(1, Relaxed);
        window.arrive();
        window.clone().at_most(timeout).wait_for(2);
        values[1].store(1, Relaxed);
        lock.leave_as_writer();
        [1, 1]
    };
    run_all(&shared, [task("r", reader), task("w", writer)])[0]
}

struct OwnShard([RawRwLock; 2]);

impl Lock for OwnShard {
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

/// Lets the writer acquire its own shard, as readers do: it excludes the readers of that shard, and
/// no others.
pub fn own_shard(pace: Duration) -> [u32; 2] {
    // Nothing keeps the reader out: the writer can wait for it, however long it takes.
    let shards = OwnShard([RawRwLock::INIT, RawRwLock::INIT]);
    write_and_read(shards, Duration::from_secs(10), pace)
}

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

/// Lets the writer acquire every shard, from the first to the last, and so the reader's among them.
pub fn every_shard(pace: Duration) -> [u32; 2] {
    write_and_read(RawShardedRwLock::INIT, pace.saturating_mul(4), pace)
}
