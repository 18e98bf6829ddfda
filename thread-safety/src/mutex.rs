//! One lock, released by its guard or by hand: how long do others wait, and what does a panic in
//! between leave?
//!
//! Each function is a variant: under a lock, t1 adds 1 to a counter, and has slow work to do that
//! needs no lock; t2 adds 1 as well.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use kit::sync_point::SyncPoint as Meeting;
use tracing::info_span;

use super::lane::{SyncPoint, acquire, finish, lock, start};
use super::sync::{Arc, Condvar, Mutex, PoisonError};

/// How the threads meet.
#[derive(Clone, Debug)]
pub struct Points {
    /// t1 has the lock: t2 comes now.
    pub held: Meeting,
    /// t2 has had the lock: t1 ends its slow work now.
    pub had: Meeting,
}

impl Points {
    /// Returns points at which no thread waits, for a model checker.
    pub fn none() -> Self {
        Self { held: Meeting::none(), had: Meeting::none() }
    }

    /// Returns points at which t2 waits for t1, and t1 for t2, but for 20 ms at most.
    pub fn real() -> Self {
        Self { held: Meeting::of(1), had: Meeting::for_a_moment(1) }
    }

    fn slow_work(&self) {
        let _runs = info_span!("runs", what = "slow work");
        self.had.wait_for(1);
    }
}

/// The counter as t1 found it after its slow work, and in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// 2, if t2 was let in meanwhile.
    pub after_the_work: u32,
    /// 2: no update is lost.
    pub in_the_end: u32,
}

/// The guard releases the lock where its block ends: here, after the slow work.
pub fn guard(points: &Points) -> Counter {
    on_two_threads(points, |counter, points| {
        let (_holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", counter);
        points.held.arrive();
        *guard += 1;
        points.slow_work();
        *guard
    })
}

/// `drop(guard)` releases the lock by hand: before the slow work. rustc refuses any use of the
/// guard after that, and unwinding drops it if a panic comes before.
pub fn explicit(points: &Points) -> Counter {
    on_two_threads(points, |counter, points| {
        let (holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", counter);
        points.held.arrive();
        *guard += 1;
        drop((guard, holds));
        points.slow_work();
        *lock(counter)
    })
}

/// A panic comes between `lock()` and `drop(guard)`. Returns whether t2 is told (the mutex is
/// poisoned), and the counter, which t2 adds 1 to all the same.
pub fn explicit_panic(points: &Points) -> (bool, u32) {
    let counter = Arc::new(Mutex::new(0));
    let (counter1, points1) = (Arc::clone(&counter), points.clone());
    let t1 = start("t1", move || {
        panics(|| {
            let (holds, mut guard) = acquire(&SyncPoint::stepped(), "the lock", &counter1);
            points1.held.arrive();
            *guard += 1;
            open_a_file_that_is_not_there();
            drop((guard, holds));
        });
    });
    let (counter2, points2) = (Arc::clone(&counter), points.clone());
    let t2 = start("t2", move || {
        points2.held.wait_for(1);
        let locked = counter2.lock();
        let told = locked.is_err();
        *locked.unwrap_or_else(PoisonError::into_inner) += 1;
        told
    });
    finish(t1);
    (finish(t2), *lock(&counter))
}

/// The same panic, between the `acquire` and the `release` of a lock that has no guard.
///
/// # Blocking
/// For ever, if t1 acquires the lock first: it is never released.
pub fn by_hand(points: &Points) {
    let lock = Arc::new(ByHand::default());
    let (lock1, points1) = (Arc::clone(&lock), points.clone());
    let t1 = start("t1", move || {
        panics(|| {
            lock1.acquire();
            points1.held.arrive();
            open_a_file_that_is_not_there();
            lock1.release();
        });
    });
    let points2 = points.clone();
    let t2 = start("t2", move || {
        points2.held.wait_for(1);
        lock.acquire();
        lock.release();
    });
    finish(t1);
    finish(t2);
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
    resume_unwind(Box::new("no such file"));
}

/// Runs what panics; the thread lives on, as a thread of a pool would.
fn panics(body: impl FnOnce()) {
    assert!(catch_unwind(AssertUnwindSafe(body)).is_err(), "it should have panicked");
}

/// Runs t1's part, which returns the counter after its slow work, and lets t2 add 1.
fn on_two_threads(
    points: &Points,
    t1: impl FnOnce(&Mutex<u32>, &Points) -> u32 + Send + 'static,
) -> Counter {
    let counter = Arc::new(Mutex::new(0));
    let (counter1, points1) = (Arc::clone(&counter), points.clone());
    let t1 = start("t1", move || t1(&counter1, &points1));
    let (counter2, points2) = (Arc::clone(&counter), points.clone());
    let t2 = start("t2", move || {
        points2.held.wait_for(1);
        *acquire(&SyncPoint::stepped(), "the lock", &counter2).1 += 1;
        points2.had.arrive();
    });
    let after_the_work = finish(t1);
    finish(t2);
    Counter { after_the_work, in_the_end: *lock(&counter) }
}
