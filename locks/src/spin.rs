//! Two threads add to one value, each under a lock that is waited for by spinning.
//!
//! The two variants differ in how a thread that finds the lock free acquires it: by a test and a
//! set, or by one instruction that does both. In both, two threads try it once, at the same moment,
//! and the model checker runs that under every schedule. The lock that holds is then waited for,
//! which a model cannot follow to its end: there is a schedule for every number of looks in vain.
//! Loom, which knows when a look can bring nothing new, checks the waiting in the tests.

use std::time::Duration;

use lock_api::{Mutex, RawMutex};
use tracing::{info, info_span};

use super::exclusion_probe::{Entries, ExclusionProbe};
use super::lane::{both, work};
use super::primitives::SpinLock;
use super::sync::Arc;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicU32};
use super::sync_point;

/// Tests, then sets: two threads find the lock free before either has set it, and both enter the
/// critical section. Each has `pace` of work there.
///
/// In the window between the test and the set, each waits until the other has made its test;
/// inside, until the other has read the value. A plain value would make this a data race, which is
/// undefined behaviour; so it is atomic, and an increment of it is a load and a store.
pub fn two_steps(pace: Duration) -> Entries {
    let (taken, value) = (AtomicBool::new(false), AtomicU32::new(0));
    let shared = Arc::new((taken, value, ExclusionProbe::new(), sync_point()));
    both(&shared, move |_, (taken, value, probe, window)| {
        if taken.load(Acquire) {
            return;
        }
        info!("finds it free");
        window.meet();
        // Too late: what the test found is a moment old.
        taken.store(true, Relaxed);
        probe.during("lock", || {
            let before = value.load(Relaxed);
            window.meet();
            work(pace);
            value.store(before + 1, Relaxed);
        });
        taken.store(false, Release);
    });
    shared.2.entries(shared.1.load(Relaxed))
}

/// Tests and sets in one step, a compare-and-swap of false for true: of two threads that find the
/// lock free, one acquires it. The other one gives up; with `pace` of work inside.
pub fn one_step(pace: Duration) -> Entries {
    try_once(SpinLock::new(0), pace)
}

/// Lets two threads try a lock once, at the same moment; each that acquires it adds 1 to its value.
pub(super) fn try_once<R>(lock: Mutex<R, u32>, pace: Duration) -> Entries
where
    R: RawMutex + Send + Sync + 'static,
{
    let shared = Arc::new((lock, ExclusionProbe::new(), sync_point()));
    both(&shared, move |_, (lock, probe, window)| {
        window.meet();
        let acquired = lock.try_lock();
        if let Some(mut value) = acquired {
            probe.during("lock", || {
                work(pace);
                *value += 1;
            });
        }
    });
    let value = *shared.0.lock();
    shared.1.entries(value)
}

/// Lets two threads acquire the lock `turns` times each, spinning until it is free; each turn adds
/// 1 to a plain value, with `pace` of work inside and as much outside.
pub fn waited(turns: u32, pace: Duration) -> Entries {
    let shared = Arc::new((SpinLock::new(0), ExclusionProbe::new()));
    both(&shared, move |_, (lock, probe)| {
        for _ in 0..turns {
            let waits = info_span!("waits", what = "lock");
            let mut value = lock.lock();
            drop(waits);
            probe.during("lock", || {
                work(pace);
                *value += 1;
            });
            drop(value);
            work(pace);
        }
    });
    let value = *shared.0.lock();
    shared.1.entries(value)
}

/// Adds 1 to a plain value, `times` times on each of two threads, as fast as they can; returns the
/// value.
pub fn count(times: u32) -> u32 {
    let value = Arc::new(SpinLock::new(0));
    both(&value, move |_, value| {
        for _ in 0..times {
            *value.lock() += 1;
        }
    });
    *value.lock()
}
