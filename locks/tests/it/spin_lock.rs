//! The spin lock on real threads.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use locks::real::primitives::spin::SpinLock;

#[test]
fn a_lock_that_is_held_is_not_taken_again() {
    let lock = SpinLock::new(1);
    let held = lock.lock();
    assert!(lock.try_lock().is_none());
    // The refusal has changed nothing: it is held still.
    assert!(lock.try_lock().is_none());
    drop(held);
    assert_eq!(lock.try_lock().map(|value| *value), Some(1));
}

#[test]
fn who_waits_gets_the_lock_when_it_is_given_back_and_not_before() {
    let lock = SpinLock::new("before");
    let given_back = AtomicBool::new(false);
    let (asks, asked) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut held = lock.lock();
        let waiter = scope.spawn(|| {
            asks.send(()).expect("the test waits for it");
            let value = lock.lock();
            (given_back.load(Ordering::Relaxed), *value)
        });
        asked.recv().expect("the waiter sends first");
        *held = "after";
        given_back.store(true, Ordering::Relaxed);
        drop(held);
        assert_eq!(waiter.join().expect("it does not panic"), (true, "after"));
    });
}

#[test]
fn a_panic_under_the_lock_gives_it_back_and_poisons_nothing() {
    let lock = SpinLock::new(1);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let mut value = lock.lock();
        *value = 2;
        resume_unwind(Box::new("with the lock in its hand"));
    }));
    assert!(ended.is_err());
    assert_eq!(lock.try_lock().map(|value| *value), Some(2), "half done, and nobody is told");
}

#[test]
fn a_guard_may_be_dropped_by_another_thread() {
    let lock = SpinLock::new(0);
    let held = lock.lock();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(held));
    });
    assert!(lock.try_lock().is_some());
}

#[test]
fn what_may_be_sent_but_not_shared_may_be_shared_under_the_lock() {
    // A Cell is Send and not Sync: by turns, two threads may have it.
    let lock = SpinLock::new(std::cell::Cell::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let cell = lock.lock();
                cell.set(cell.get() + 1);
            });
        }
    });
    assert_eq!(lock.into_inner().get(), 2);
}
