//! The lesson `fairness`: a lock that promises to hand over does, and one that does not may not.

use std::sync::atomic::{AtomicBool, Ordering};

use locks::fairness::{THREADS, Turns};

checks::within_a_minute! {
#[test]
fn a_fair_mutex_goes_to_a_thread_that_sleeps_for_it_and_not_to_one_that_asks_again() {
    for _ in 0..20 {
        let (lock, seen) = (parking_lot::FairMutex::new(()), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let held = lock.lock();
            let name = "fair-waiter";
            let waiter = std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, || {
                let _guard = lock.lock();
                // Until the first one has asked again: for as long as it takes, the lock is this
                // thread's.
                while !seen.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
            });
            let waiter = waiter.expect("there is room for a thread");
            if !wait_until_it_sleeps(name) {
                eprintln!("this system does not show which threads sleep: nothing is asked of it");
                seen.store(true, Ordering::Release);
                return;
            }
            drop(held);
            let again = lock.try_lock().is_some();
            seen.store(true, Ordering::Release);
            waiter.join().expect("it does not panic");
            assert!(!again, "the thread that has just released it overtakes the one that waits");
        });
    }
}

#[test]
fn a_lock_that_promises_nothing_goes_now_and_then_to_a_thread_that_asks_again_at_once() {
    let lock = std::sync::Mutex::new(());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                drop(lock.lock());
            }
        });
        // Goes on until it is seen: a minute is the limit.
        loop {
            drop(lock.lock());
            if lock.try_lock().is_ok() {
                break;
            }
        }
        over.store(true, Ordering::Relaxed);
    });
}
}

/// Waits until the thread of that name, of this process, is asleep in the kernel's futex: observed
/// from outside, as the lessons' deadlocks are. `false` where the system does not show it.
pub(super) fn wait_until_it_sleeps(name: &str) -> bool {
    let group = rustix::process::getpgrp().as_raw_nonzero().get().cast_unsigned();
    while let Some(threads) = stage::threads(group) {
        let sleeps =
            |thread: &stage::Thread| thread.asleep && thread.call.as_deref() == Some("futex");
        if threads.iter().any(|thread| thread.name == name && sleeps(thread)) {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[test]
fn jains_index_is_one_for_equal_shares_and_a_quarter_if_one_of_four_has_all() {
    let index = |of_each| Turns { of_each, total: 0, longest: 0 }.index();
    assert!((index([7; THREADS]) - 1.0).abs() < 1e-9);
    assert!((index([9, 0, 0, 0]) - 0.25).abs() < 1e-9);
    assert!((index([5, 5, 0, 0]) - 0.5).abs() < 1e-9);
}
