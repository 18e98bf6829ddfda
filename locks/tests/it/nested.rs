//! The lesson `nested`: a mutex may not be taken twice by one thread, a reentrant lock may.

use std::process::Command;
use std::time::Duration;

use locks::nested::{half_done, reentrant, split, tried};
use stage::{End, watch};

#[test]
fn a_thread_that_takes_its_own_mutex_waits_for_itself() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_locks"));
    let seen = watch(command.arg("nested"), "twice", Duration::from_secs(60))
        .expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => assert_eq!(knot.to_string(), "t1 → A → t1"),
        other => panic!("it did not deadlock: {other:?}; {}", seen.complaint),
    }
}

checks::within_a_minute! {
#[test]
fn who_only_tries_its_own_mutex_is_told_that_it_is_held() {
    assert!(!tried());
}

#[test]
fn a_function_that_is_handed_the_value_needs_no_second_lock() {
    assert_eq!(split(), 100);
}

#[test]
fn a_reentrant_lock_is_free_for_others_when_it_was_given_back_as_often_as_taken() {
    for depth in [1, 2, 3, 100] {
        let (value, free) = reentrant(depth);
        assert_eq!(value, depth);
        let (last, before) = free.split_last().expect("it was given back");
        assert!(last, "free at last");
        assert!(before.iter().all(|free| !free), "{free:?}");
    }
}

#[test]
fn a_reentrant_lock_lets_its_thread_in_in_the_midst_of_its_own_work() {
    assert!(half_done());
}
}
