//! One lock, released by its guard or by hand: how long do others wait, and what does a panic in
//! between leave?
//!
//! Each function is a variant: under a lock, t1 adds 1 to a counter, and has slow work to do that
//! needs no lock; t2 comes while t1 has the lock, and adds 1 as well.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use kit::sync_point::SyncPoint as Meeting;
use tracing::{error, info_span};

use super::lane::{SyncPoint, acquire, finish, lock, start};
use super::sync::{Arc, Condvar, Mutex, PoisonError};

/// The counter as t1 finds it after its slow work, and as t2 leaves it: 2 and 2, if t2 was let in
/// meanwhile.
pub type Counter = (u32, u32);

/// The guard releases the lock where its block ends: here, after the slow work.
pub fn guard(point: &Meeting) -> Counter {
    counted(point, |counter, point| {
        let (_holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", counter);
        point.arrive();
        *guard += 1;
        // t2 is kept out: there is nothing to wait for.
        slow_work(point, Duration::from_millis(20));
        *guard
    })
}

/// `drop(guard)` releases the lock by hand: before the slow work. rustc refuses any use of the
/// guard after that, and unwinding drops it if a panic comes before.
pub fn explicit(point: &Meeting) -> Counter {
    counted(point, |counter, point| {
        let (holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", counter);
        point.arrive();
        *guard += 1;
        drop((guard, holds));
        slow_work(point, Duration::from_secs(10));
        *lock(counter)
    })
}

/// A panic comes between `lock()` and `drop(guard)`. Returns whether t2 is told (the mutex is
/// poisoned), and the counter after its own addition.
pub fn explicit_panic(point: &Meeting) -> (bool, u32) {
    let t1 = |counter: &Mutex<u32>, point: &Meeting| {
        panics(|| {
            let (holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", counter);
            point.arrive();
            *guard += 1;
            open_a_file_that_is_not_there();
            drop((guard, holds));
        });
    };
    let t2 = |counter: &Mutex<u32>| {
        let locked = counter.lock();
        let told = locked.is_err();
        let mut guard = locked.unwrap_or_else(PoisonError::into_inner);
        *guard += 1;
        (told, *guard)
    };
    on_two_threads(Mutex::new(0), point, t1, t2).1
}

/// The same panic, between the `acquire` and the `release` of a lock that has no guard.
///
/// # Blocking
/// For ever, if t1 acquires the lock first: it is never released.
pub fn by_hand(point: &Meeting) {
    let t1 = |lock: &ByHand, point: &Meeting| {
        panics(|| {
            lock.acquire();
            point.arrive();
            open_a_file_that_is_not_there();
            lock.release();
        });
    };
    let t2 = |lock: &ByHand| {
        lock.acquire();
        lock.release();
    };
    on_two_threads(ByHand::default(), point, t1, t2);
}

/// A lock without a guard, as Python's `Lock` is, and C's `pthread_mutex_t`.
#[derive(Default)]
struct ByHand {
    held: Mutex<bool>,
    released: Condvar,
}

impl ByHand {
    fn acquire(&self) {
        let _waits = info_span!("waits", what = "the lock");
        let held = self.released.wait_while(lock(&self.held), |held| *held);
        *held.unwrap_or_else(PoisonError::into_inner) = true;
    }

    fn release(&self) {
        *lock(&self.held) = false;
        self.released.notify_one();
    }
}

fn open_a_file_that_is_not_there() {
    error!("panics");
    resume_unwind(Box::new("no such file"));
}

/// Runs what panics; the thread lives on, as a thread of a pool would.
fn panics(body: impl FnOnce()) {
    assert!(catch_unwind(AssertUnwindSafe(body)).is_err(), "it should have panicked");
}

/// Works until t2 has had the lock, but for no longer than `most`.
fn slow_work(point: &Meeting, most: Duration) {
    let _runs = info_span!("runs", what = "slow work");
    point.clone().at_most(most).wait_for(2);
}

/// Runs t1's part, which returns the counter after its slow work, and lets t2 add 1.
fn counted(
    point: &Meeting,
    t1: impl FnOnce(&Mutex<u32>, &Meeting) -> u32 + Send + 'static,
) -> Counter {
    on_two_threads(Mutex::new(0), point, t1, |counter| {
        let (_holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", counter);
        *guard += 1;
        *guard
    })
}

/// Runs t1, and t2 once t1 has arrived; t2 arrives when it is done.
fn on_two_threads<S: Send + Sync + 'static, A: Send + 'static, B: Send + 'static>(
    shared: S,
    point: &Meeting,
    t1: impl FnOnce(&S, &Meeting) -> A + Send + 'static,
    t2: impl FnOnce(&S) -> B + Send + 'static,
) -> (A, B) {
    let shared = Arc::new(shared);
    let (shared2, point1, point2) = (Arc::clone(&shared), point.clone(), point.clone());
    let t1 = start("t1", move || t1(&shared, &point1));
    let t2 = start("t2", move || {
        point2.wait_for(1);
        let done = t2(&shared2);
        point2.arrive();
        done
    });
    (finish(t1), finish(t2))
}
