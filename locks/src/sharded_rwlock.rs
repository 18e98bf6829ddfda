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

/// How a thread acquires and releases a lock.
type Section<L> = (fn(&L), fn(&L));

/// What the two threads share. The values are Relaxed: the lock has to keep them together.
type Shared<L> = (L, [AtomicU32; 2], SyncPoint);

/// Lets a writer write 1 to both values, and a reader read both; returns what the reader has seen.
///
/// The window is widened: the reader asks when the first value is written. The writer writes the
/// second one when the reader has read, or, if the reader is kept out, after `timeout`.
fn run<L: Send + Sync + 'static>(
    lock: L,
    read: Section<L>,
    write: Section<L>,
    timeout: Duration,
    pace: Duration,
) -> [u32; 2] {
    let shared = Arc::new((lock, [AtomicU32::new(0), AtomicU32::new(0)], sync_point()));
    let reader = move |(lock, values, window): &Shared<L>| {
        let (acquire, release) = read;
        window.wait_for(1);
        let waits = info_span!("waits", what = "read");
        acquire(lock);
        let _holds = info_span!("holds", what = "read");
        drop(waits);
        let seen = [0, 1].map(|index| values[index].load(Relaxed));
        std::thread::sleep(pace);
        window.arrive();
        release(lock);
        seen
    };
    let writer = move |(lock, values, window): &Shared<L>| {
        let (acquire, release) = write;
        acquire(lock);
        let _holds = info_span!("holds", what = "write");
        values[0].store(1, Relaxed);
        window.arrive();
        window.clone().at_most(timeout).wait_for(2);
        values[1].store(1, Relaxed);
        release(lock);
        [1, 1]
    };
    run_all(&shared, [task("r", reader), task("w", writer)])[0]
}

/// Lets the writer acquire its own shard, as readers do: it excludes the readers of that shard, and
/// no others.
pub fn own_shard(pace: Duration) -> [u32; 2] {
    type Shards = [RawRwLock; 2];
    let read: Section<Shards> =
        (|shards| shards[READERS].lock_shared(), |shards| shards[READERS].unlock_shared());
    let write: Section<Shards> =
        (|shards| shards[WRITERS].lock_exclusive(), |shards| shards[WRITERS].unlock_exclusive());
    // Nothing keeps the reader out: the writer can wait for it, however long it takes.
    run([RawRwLock::INIT, RawRwLock::INIT], read, write, Duration::from_secs(10), pace)
}

/// Lets the writer acquire every shard, from the first to the last, and so the reader's among them.
pub fn every_shard(pace: Duration) -> [u32; 2] {
    type Shards = RawShardedRwLock;
    let read: Section<Shards> =
        (|lock| lock.lock_shared(READERS), |lock| lock.unlock_shared(READERS));
    let write: Section<Shards> = (Shards::lock_exclusive, Shards::unlock_exclusive);
    run(Shards::INIT, read, write, pace.saturating_mul(4), pace)
}
