//! A thread that holds a lock acquires it again, and releases it once: is it free now?
//!
//! In both variants the lock admits its holder again; one counts how often. The complete lock, which
//! parks and guards a value, is `primitives/reentrant.rs`.

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

/// A lock that knows its holder; with `COUNTS`, also how often that one has acquired it.
#[derive(Default)]
struct Lock<const COUNTS: bool> {
    /// The number of the thread inside; 0 if there is none.
    owner: AtomicU32,
    /// Reached only by that thread.
    times: AtomicU32,
}

impl<const COUNTS: bool> Lock<COUNTS> {
    fn try_acquire(&self, me: u32) -> bool {
        let admitted = self.owner.load(Relaxed) == me
            || self.owner.compare_exchange(0, me, Acquire, Relaxed).is_ok();
        if COUNTS && admitted {
            self.times.fetch_add(1, Relaxed);
        }
        admitted
    }

    fn release(&self) {
        if !COUNTS || self.times.fetch_sub(1, Relaxed) == 1 {
            self.owner.store(0, Release);
        }
    }
}

/// Lets `t1` acquire the lock, acquire and release it again; then `t2` tries, for real while `t1` is
/// inside still. Each adds 1 to a value in two steps, with `pace` of work inside.
/// If the lock does not count, the end of the inner section frees it, and the outer one goes on.
pub fn released_once<const COUNTS: bool>(pace: Duration) -> Entries {
    // What is observed is no part of the lock, and so no step of the model.
    let value = std::sync::atomic::AtomicU32::new(0);
    let shared = Arc::new((Lock::<COUNTS>::default(), value, ExclusionProbe::new(), sync_point()));
    type Shared<const COUNTS: bool> =
        (Lock<COUNTS>, std::sync::atomic::AtomicU32, ExclusionProbe, SyncPoint);
    let visit = move |(lock, value, probe, window): &Shared<COUNTS>, me| {
        // t2 tries when t1 has read the value.
        (me == 2).then(|| window.meet());
        if !lock.try_acquire(me) {
            return window.meet();
        }
        probe.during("lock", || {
            if me == 1 && lock.try_acquire(me) {
                info!("acquires and releases it again");
                lock.release();
            }
            let before = value.load(Relaxed);
            (me == 1).then(|| window.meet());
            // t1 goes on when t2 has read it too, or has been refused.
            window.meet();
            work(pace);
            value.store(before + 1, Relaxed);
        });
        lock.release();
    };
    two(&shared, move |shared| visit(shared, 1), move |shared| visit(shared, 2));
    shared.2.entries(shared.1.load(Relaxed))
}

/// Acquires the complete lock `times` times and releases it as often; returns how often it was held
/// after each of these steps.
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
