//! The reentrant lock's own promises: what it prints, and which thread it knows as its owner.

use std::cell::RefCell;
use std::thread::{scope, spawn};

use locks::real::primitives::reentrant::ReentrantLock;

#[test]
fn a_value_that_no_other_thread_holds_is_printed_and_the_lock_is_free_afterwards() {
    let lock = ReentrantLock::new(RefCell::new(vec!["a"]));
    assert_eq!(format!("{lock:?}"), r#"ReentrantLock { value: RefCell { value: ["a"] }, .. }"#);
    let guard = lock.lock();
    assert!(format!("{lock:?}").contains(r#"["a"]"#), "its holder may read it");
    assert_eq!(lock.times(), 1, "to print takes the lock and releases it");
    drop(guard);
    assert!(scope(|scope| scope.spawn(|| lock.try_lock().is_some()).join().expect("it asks once")));
}

#[test]
fn a_guard_that_a_thread_has_leaked_lets_no_later_thread_in() {
    let lock: &ReentrantLock<()> = Box::leak(Box::new(ReentrantLock::new(())));
    spawn(|| std::mem::forget(lock.lock())).join().expect("it takes a free lock");
    for round in 0..50 {
        let let_in = spawn(|| lock.try_lock().is_some()).join().expect("it asks once");
        assert!(!let_in, "thread {round} after the one that has ended was taken for it");
    }
}
