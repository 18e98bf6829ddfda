//! A reader-writer lock of shards: a reader acquires one, its own; a writer acquires all.
//!
//! Two readers of a plain reader-writer lock exclude no thread, and yet wait for each other: each
//! counts itself in, in the same cache line, which can be in one core at a time. Here each thread
//! has a shard, on cache lines of its own, and counts itself in there. So readers on different
//! shards share nothing that is written.
//!
//! A thread finds its own shard: it begins with the one of its number, and moves on to the next
//! when it meets another thread at it. Of two that meet, one succeeds and stays; so two threads
//! that read all the time are soon apart. All writers acquire the shards from the first to the
//! last: one order, so that no two of them deadlock.
//!
//! The design is known as a "big reader" lock, from the Linux kernel's `brlock` of old;
//! `crossbeam_utils::sync::ShardedLock` is one, whose threads keep the shard of their number. To
//! move on after a collision is how Java's `LongAdder` spreads its threads over its cells.
//!
//! # Relationship with std
//! std has none. **Take it** for what is read all the time from many cores, and written when the
//! configuration changes; `crossbeam`'s in production. It takes a kilobyte, a writer acquires as
//! many locks as there are shards, and waits for the slowest reader of each.
//!
//! # Fairness
//! That of its shards: a writer that waits for a shard keeps new readers out of it and of those
//! before it.

use super::rwlock::RawRwLock;

/// The number of readers that can count themselves in at once without contending for a cache line.
pub const SHARDS: usize = 8;

/// A lock on cache lines of its own: two of 64 bytes, since some processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Shard(pub(super) RawRwLock);

/// A raw lock that admits many readers or one writer (with a value:
/// [`ShardedRwLock`](super::rwlocks::ShardedRwLock)). What is given a shard panics if there is none
/// of that number.
#[derive(Debug)]
pub struct RawShardedRwLock<const N: usize = SHARDS> {
    /// A lock for each shard.
    pub(super) shards: [Shard; N],
}

impl<const N: usize> RawShardedRwLock<N> {
    /// Acquires a shard as a reader; blocks while a writer has, or waits for, this shard.
    #[inline]
    pub fn lock_shared(&self, shard: usize) {
        self.shards[shard].0.lock_shared();
    }

    /// Acquires a shard as a reader; or the next, if another thread comes or goes by that one at
    /// this moment. Returns the shard: the one to come by next time. It blocks as `lock_shared` does.
    #[inline]
    pub fn lock_shared_near(&self, shard: usize) -> usize {
        if self.shards[shard].0.enter() { shard } else { self.lock_shared_next(shard) }
    }

    #[cold]
    fn lock_shared_next(&self, shard: usize) -> usize {
        let next = (shard + 1) % N;
        self.lock_shared(next);
        next
    }

    /// Acquires a shard as a reader, if no writer has it or waits for it.
    #[inline]
    pub fn try_lock_shared(&self, shard: usize) -> bool {
        self.shards[shard].0.try_lock_shared()
    }

    /// Releases a reader's shard.
    #[inline]
    pub fn unlock_shared(&self, shard: usize) {
        self.shards[shard].0.unlock_shared();
    }

    /// Acquires every shard, as the writer; blocks while another thread is inside.
    ///
    /// # Memory ordering
    /// Each shard's Acquire: what the readers of every shard did happens before the writer, and
    /// what the writer did before the next reader of each shard.
    pub fn lock_exclusive(&self) {
        for Shard(lock) in &self.shards {
            lock.lock_exclusive();
        }
    }

    /// Acquires every shard, as the writer, if each is free at this moment.
    pub fn try_lock_exclusive(&self) -> bool {
        let acquired = self.shards.iter().take_while(|shard| shard.0.try_lock_exclusive()).count();
        if acquired < N {
            self.shards[..acquired].iter().for_each(|shard| shard.0.unlock_exclusive());
        }
        acquired == N
    }

    /// Releases the writer's shards.
    pub fn unlock_exclusive(&self) {
        self.shards.iter().for_each(|shard| shard.0.unlock_exclusive());
    }
}
