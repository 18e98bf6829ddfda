//! A reader-writer lock of several: a reader takes one, its own; a writer takes all.
//!
//! Two readers of a plain reader-writer lock exclude nobody, and yet wait for each other: each
//! counts itself in, in the same cache line, which can be in one core at a time. Here each thread
//! has a shard, on cache lines of its own, and counts itself in there. So readers on different
//! shards share nothing that is written.
//!
//! | who | takes | in the order |
//! | --- | --- | --- |
//! | a reader | the shard of its thread | - |
//! | a writer | every shard | from the first to the last |
//!
//! Which shard is its own, a thread finds out: it begins with the one of its number, and moves on
//! to the next when it meets someone at it. Of two that meet, one had its way and stays; so two
//! threads that read all the time are soon apart.
//!
//! That all writers take them in the same order is what keeps two writers from waiting for each
//! other. They meet at the first shard; who has it will get the others.
//!
//! The design is known as a "big reader" lock, from the Linux kernel's `brlock` of old;
//! `crossbeam_utils::sync::ShardedLock` is one, whose threads keep the shard of their number. To
//! move on after a collision is how Java's `LongAdder` spreads its threads over its cells.
//!
//! ```
//! use locks::real::primitives::rwlocks::ShardedRwLock;
//!
//! let routes = ShardedRwLock::new(vec!["a", "b"]);
//! assert_eq!(routes.read().len(), 2); // Takes one shard.
//! routes.write().push("c"); // Takes all of them.
//! ```
//!
//! # Relationship with std
//! std has none. **Take it** for what is read all the time from many cores, and written when the
//! configuration changes; `crossbeam`'s in earnest. It takes a kilobyte, a writer takes as many
//! locks as there are shards, and waits for the slowest reader of each.
//!
//! # Fairness
//! That of its shards: a writer that waits for a shard keeps new readers out of it and of those
//! before it.

use super::rwlock::RawRwLock;

/// As many readers can count themselves in at once without waiting for a cache line.
pub const SHARDS: usize = 8;

/// Keeps to its own cache lines: two of 64 bytes, since some processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Shard(pub(super) RawRwLock);

/// Lets many readers or one writer in; guards nothing by itself (see
/// [`ShardedRwLock`](super::rwlocks::ShardedRwLock)).
#[derive(Debug)]
pub struct RawShardedRwLock<const N: usize = SHARDS> {
    /// A lock for each shard.
    pub(super) shards: [Shard; N],
}

impl<const N: usize> RawShardedRwLock<N> {
    /// Lets a reader in by its shard.
    ///
    /// # Blocking
    /// While a writer has, or waits for, this shard.
    ///
    /// # Panics
    /// If there is no such shard.
    #[inline]
    pub fn lock_shared(&self, shard: usize) {
        self.shards[shard].0.lock_shared();
    }

    /// Lets a reader in by its shard; or by the next, if someone else comes or goes by that one at
    /// this moment. Returns by which: the one to come by next time.
    ///
    /// # Blocking
    /// While a writer has, or waits for, the next shard.
    ///
    /// # Panics
    /// If there is no such shard.
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

    /// Lets a reader in by its shard, if no writer has it or waits for it.
    ///
    /// # Panics
    /// If there is no such shard.
    #[inline]
    pub fn try_lock_shared(&self, shard: usize) -> bool {
        self.shards[shard].0.try_lock_shared()
    }

    /// Lets a reader out, by the shard by which it came.
    ///
    /// # Panics
    /// If there is no such shard.
    #[inline]
    pub fn unlock_shared(&self, shard: usize) {
        self.shards[shard].0.unlock_shared();
    }

    /// Lets a writer in.
    ///
    /// # Blocking
    /// While someone else is inside.
    ///
    /// # Memory ordering
    /// Each shard's Acquire: a writer comes after the readers of every shard, and a reader after
    /// the writer that had its shard.
    pub fn lock_exclusive(&self) {
        for Shard(lock) in &self.shards {
            lock.lock_exclusive();
        }
    }

    /// Lets a writer in if every shard is free at this moment.
    pub fn try_lock_exclusive(&self) -> bool {
        let taken = self.shards.iter().take_while(|shard| shard.0.try_lock_exclusive()).count();
        if taken < N {
            self.shards[..taken].iter().for_each(|shard| shard.0.unlock_exclusive());
        }
        taken == N
    }

    /// Lets the writer out.
    pub fn unlock_exclusive(&self) {
        self.shards.iter().for_each(|shard| shard.0.unlock_exclusive());
    }
}
