//! The reader-writer locks with a value inside: `lock_api` makes guards of them, and they can stand
//! in for `parking_lot`'s.
//!
//! A guard may be sent to another thread: any thread may release. A sharded lock's guard knows the
//! shard by which it came.
#![expect(unsafe_code, reason = "lock_api relies on what a raw lock promises")]

use std::cell::Cell;

use lock_api::GuardSend;

use super::rwlock::RawRwLock;
use super::sharded_rwlock::{RawShardedRwLock, SHARDS, Shard};
use super::sync::atomic::Ordering::Relaxed;
use super::word::Word;
use super::{thread_local, thread_number};

/// A reader-writer lock around a value.
///
/// ```
/// use locks::real::primitives::rwlocks::RwLock;
///
/// let prices = RwLock::new(vec![1, 2]);
/// {
///     let (one, other) = (prices.read(), prices.read()); // Two readers at once.
///     assert_eq!(one.len(), other.len());
/// }
/// prices.write().push(3);
/// ```
///
/// Readers share the value, so it may not be a `Cell`: two threads could set it at once.
pub type RwLock<T> = lock_api::RwLock<RawRwLock, T>;

/// A reader-writer lock of shards around a value.
///
/// ```
/// use locks::real::primitives::rwlocks::ShardedRwLock;
///
/// let routes = ShardedRwLock::new(vec!["a", "b"]);
/// assert_eq!(routes.read().len(), 2); // Acquires one shard.
/// routes.write().push("c"); // Acquires all of them.
/// ```
pub type ShardedRwLock<T> = lock_api::RwLock<RawShardedRwLock, T>;

/// What both locks have for a writer.
macro_rules! writer {
    () => {
        type ExclusiveGuard = GuardSend;

        #[inline]
        fn lock_exclusive(&self) -> GuardSend {
            self.lock_exclusive();
            GuardSend::new()
        }

        #[inline]
        fn try_lock_exclusive(&self) -> Option<GuardSend> {
            self.try_lock_exclusive().then(GuardSend::new)
        }

        #[inline]
        unsafe fn unlock_exclusive(&self, _: GuardSend) {
            self.unlock_exclusive();
        }
    };
}

// SAFETY: an exclusive lock must exclude all other threads, a shared one every writer. A writer is
// inside when `WRITER` is its own, which one `fetch_or` or compare-and-swap wins, and it has seen
// no reader; readers enter only by a compare-and-swap from a state without `WRITER`. Only a release
// takes `WRITER` or a reader away, and its caller promises to have acquired the lock.
unsafe impl lock_api::RawRwLock for RawRwLock {
    const INIT: Self = Self { state: Word::new(0), drained: Word::new(0) };
    type SharedGuard = GuardSend;

    #[inline]
    fn lock_shared(&self) -> GuardSend {
        self.lock_shared();
        GuardSend::new()
    }

    #[inline]
    fn try_lock_shared(&self) -> Option<GuardSend> {
        self.try_lock_shared().then(GuardSend::new)
    }

    #[inline]
    unsafe fn unlock_shared(&self, _: GuardSend) {
        self.unlock_shared();
    }

    writer!();

    fn is_locked(&self) -> bool {
        self.state.load(Relaxed) != 0
    }

    fn is_locked_exclusive(&self) -> bool {
        self.is_locked_exclusive()
    }
}

thread_local! {
    /// The shard by which this thread came last, of any lock; at first, that of its number.
    static MINE: Cell<usize> = Cell::new((thread_number() % SHARDS as u64) as usize);
}

// SAFETY: an exclusive lock must exclude all other threads, a shared one every writer. A writer is
// inside when it has every shard exclusively: so every reader's, and the first, which every other
// writer needs.
unsafe impl lock_api::RawRwLock for RawShardedRwLock {
    const INIT: Self = Self { shards: [const { Shard(RawRwLock::INIT) }; SHARDS] };
    /// The shard by which the reader came: another thread may drop the guard.
    type SharedGuard = usize;

    #[inline]
    fn lock_shared(&self) -> usize {
        MINE.with(|mine| {
            let before = mine.get();
            let shard = self.lock_shared_near(before);
            // Not written where it stays: `unlock_shared`, which is atomic, would wait for that.
            if shard != before {
                mine.set(shard);
            }
            shard
        })
    }

    #[inline]
    fn try_lock_shared(&self) -> Option<usize> {
        let shard = MINE.with(Cell::get);
        self.try_lock_shared(shard).then_some(shard)
    }

    #[inline]
    unsafe fn unlock_shared(&self, shard: usize) {
        self.unlock_shared(shard);
    }

    writer!();

    fn is_locked(&self) -> bool {
        self.shards.iter().any(|shard| lock_api::RawRwLock::is_locked(&shard.0))
    }

    fn is_locked_exclusive(&self) -> bool {
        self.shards.iter().all(|shard| lock_api::RawRwLock::is_locked_exclusive(&shard.0))
    }
}
