//! A thread that holds a lock acquires it again, and releases it once: is it free now?
//!
//! In both variants the lock knows its holder, and admits it again. One of them counts how often.

use std::cell::Cell;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info;

use super::exclusion_probe::{Entries, ExclusionProbe};
use super::lane::{two, work};
use super::primitives::reentrant::ReentrantLock;
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync_point;

/// A lock that knows its holder, and does not count.
struct Uncounted {
    /// The number of the thread inside; 0 if there is none.
    owner: AtomicU32,
}

impl Uncounted {
    fn try_acquire(&self, me: u32) -> bool {
        self.owner.load(Relaxed) == me
            || self.owner.compare_exchange(0, me, Acquire, Relaxed).is_ok()
    }

    fn release(&self) {
        self.owner.store(0, Release);
    }
}

/// Does not count: the end of the inner critical section frees the lock, and the outer one goes on.
/// `t1` acquires the lock, acquires and releases it again; then `t2` tries, for real while `t1` is
/// inside still. Each adds 1 to a value in two steps, with `pace` of work inside.
pub fn uncounted(pace: Duration) -> Entries {
    let lock = Uncounted { owner: AtomicU32::new(0) };
    // What is observed is no part of the lock, and so no step of the model.
    let value = std::sync::atomic::AtomicU32::new(0);
    let shared = Arc::new((lock, value, ExclusionProbe::new(), sync_point()));
    type Shared = (Uncounted, std::sync::atomic::AtomicU32, ExclusionProbe, SyncPoint);
    let add = move |(_, value, _, window): &Shared| {
        let before = value.load(Relaxed);
        window.meet();
        work(pace);
        value.store(before + 1, Relaxed);
    };
    two(
        &shared,
        move |shared| {
            let (lock, _, probe, window) = shared;
            if !lock.try_acquire(1) {
                return;
            }
            probe.during("lock", || {
                if lock.try_acquire(1) {
                    info!("acquires and releases it again");
                    lock.release();
                }
                window.meet();
                add(shared);
            });
            lock.release();
        },
        move |shared| {
            let (lock, _, probe, window) = shared;
            window.meet();
            if lock.try_acquire(2) {
                probe.during("lock", || add(shared));
                lock.release();
            }
        },
    );
    shared.2.entries(shared.1.load(Relaxed))
}

/// Counts: acquired twice and released once, the lock is held still. The same steps as in
/// [`uncounted`], on a plain value.
pub fn counted(pace: Duration) -> Entries {
    let lock = ReentrantLock::new(Cell::new(0));
    let shared = Arc::new((lock, ExclusionProbe::new(), sync_point()));
    let add = move |value: &Cell<u32>| {
        work(pace);
        value.set(value.get() + 1);
    };
    two(
        &shared,
        move |(lock, probe, window)| {
            let Some(outer) = lock.try_lock() else { return };
            probe.during("lock", || {
                drop(lock.lock());
                window.meet();
                // t2 tries now.
                window.meet();
                add(&outer);
            });
        },
        move |(lock, probe, window)| {
            window.meet();
            if let Some(value) = lock.try_lock() {
                probe.during("lock", || add(&value));
            }
            window.meet();
        },
    );
    let value = shared.0.lock().get();
    shared.1.entries(value)
}

/// Acquires the lock `times` times and releases it as often; returns how often it was held after
/// each of these steps.
pub fn nested(times: u32) -> Vec<u32> {
    let lock = ReentrantLock::new(());
    let (mut steps, mut guards) = (Vec::new(), Vec::new());
    for _ in 0..times {
        guards.push(lock.lock());
        steps.push(lock.times());
    }
    while guards.pop().is_some() {
        steps.push(lock.times());
    }
    steps
}
