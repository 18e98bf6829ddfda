//! The reader-writer locks under Loom: as they are, and with their orderings weakened.

use crate::loomed::{Pair, as_it_is, fails, few, relaxed_acquire, relaxed_release, together};

/// A writer and a reader that try. If they waited, Loom would find first that the writer is
/// forgotten.
macro_rules! tried {
    ($module:ident) => {
        || {
            let write = |(lock, pair): &($module::rwlock::RawRwLock, Pair)| {
                if lock.try_lock_exclusive() {
                    pair.add();
                    lock.unlock_exclusive();
                }
            };
            let read = |(lock, pair): &($module::rwlock::RawRwLock, Pair)| {
                if lock.try_lock_shared() {
                    pair.read();
                    lock.unlock_shared();
                }
            };
            together!(($module::rwlock(), Pair::new()), write; read);
        }
    };
}

#[test]
fn a_lock_released_with_relaxed_makes_a_reader_s_read_a_torn_one() {
    fails("half written", tried!(relaxed_release));
}

#[test]
fn a_lock_acquired_with_relaxed_makes_a_reader_s_read_a_torn_one() {
    fails("half written", tried!(relaxed_acquire));
}

#[test]
fn a_writer_is_forgotten_if_the_last_reader_wakes_it_with_relaxed() {
    fails("deadlock", || {
        let write = |lock: &relaxed_release::rwlock::RawRwLock| {
            lock.lock_exclusive();
            lock.unlock_exclusive();
        };
        let read = |lock: &relaxed_release::rwlock::RawRwLock| {
            lock.lock_shared();
            lock.unlock_shared();
        };
        together!(relaxed_release::rwlock(), write; read);
    });
}

type Rw = (as_it_is::rwlock::RawRwLock, Pair);

fn write((lock, pair): &Rw) {
    lock.lock_exclusive();
    pair.add();
    lock.unlock_exclusive();
}

fn read((lock, pair): &Rw) {
    lock.lock_shared();
    pair.read();
    lock.unlock_shared();
}

#[test]
fn a_reader_sees_nothing_half_written_and_a_writer_waits_for_it_to_leave() {
    loom::model(|| drop(together!((as_it_is::rwlock(), Pair::new()), write; read)));
}

#[test]
fn a_try_sees_nothing_half_written_either() {
    loom::model(tried!(as_it_is));
}

#[test]
fn two_writers_lose_nothing() {
    loom::model(|| {
        let (shared, ()) = together!((as_it_is::rwlock(), Pair::new()), write; write);
        assert_eq!(shared.1.read(), 2);
    });
}

#[test]
fn two_readers_and_a_writer_and_two_writers_and_a_reader_get_on() {
    few(2, || {
        let (shared, ()) = together!((as_it_is::rwlock(), Pair::new()), read, write; read);
        assert_eq!(shared.1.read(), 1);
    });
    few(2, || {
        let (shared, ()) = together!((as_it_is::rwlock(), Pair::new()), write, write; read);
        assert_eq!(shared.1.read(), 2);
    });
}

#[test]
fn a_try_admits_no_thread_that_should_wait() {
    loom::model(|| {
        let tries = |(lock, pair): &Rw| {
            if lock.try_lock_shared() {
                pair.read();
                lock.unlock_shared();
            }
            if lock.try_lock_exclusive() {
                pair.add();
                lock.unlock_exclusive();
            }
        };
        let (shared, ()) = together!((as_it_is::rwlock(), Pair::new()), tries; write);
        assert!((1..=2).contains(&shared.1.read()));
    });
}

type Sharded = (as_it_is::sharded_rwlock::RawShardedRwLock<2>, Pair);

#[test]
fn a_writer_of_every_shard_and_readers_of_one_each_see_nothing_half_written() {
    let write = |(lock, pair): &Sharded| {
        lock.lock_exclusive();
        pair.add();
        lock.unlock_exclusive();
    };
    let read = |shard| {
        move |(lock, pair): &Sharded| {
            lock.lock_shared(shard);
            pair.read();
            lock.unlock_shared(shard);
        }
    };
    few(2, move || {
        together!((as_it_is::sharded(), Pair::new()), write; read(1));
    });
    few(2, move || {
        let (shared, ()) = together!((as_it_is::sharded(), Pair::new()), write; write);
        assert_eq!(shared.1.read(), 2);
    });
}

/// Reads by this shard or the next, and returns the shard.
fn read_near((lock, pair): &Sharded, shard: usize) -> usize {
    let came_by = lock.lock_shared_near(shard);
    pair.read();
    lock.unlock_shared(came_by);
    came_by
}

#[test]
fn of_two_readers_that_meet_at_a_shard_one_stays_and_one_moves_on() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    static MOVED: AtomicUsize = AtomicUsize::new(0);
    loom::model(|| {
        let shared = loom::sync::Arc::new((as_it_is::sharded(), Pair::new()));
        let other = loom::sync::Arc::clone(&shared);
        let other = loom::thread::spawn(move || read_near(&other, 0));
        let moved = read_near(&shared, 0) + other.join().expect("it does not panic");
        assert!(moved <= 1, "both have moved on, and meet again");
        MOVED.fetch_add(moved, SeqCst);
    });
    assert_ne!(MOVED.load(SeqCst), 0, "no reader ever met another");
}

#[test]
fn a_reader_that_moves_on_to_the_next_shard_sees_nothing_half_written() {
    let write = |(lock, pair): &Sharded| {
        lock.lock_exclusive();
        pair.add();
        lock.unlock_exclusive();
    };
    for shard in [0, 1] {
        few(2, move || {
            let read = |shared: &Sharded| read_near(shared, shard);
            together!((as_it_is::sharded(), Pair::new()), write; read);
        });
    }
}
