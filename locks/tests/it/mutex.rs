//! The lesson `mutex`: how long a guard lives, how long to wait, what a panic leaves.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use locks::mutex::guard_scope::{in_the_else, in_the_match, named_first};
use locks::mutex::poison::{Found, not_told, recovered, unwrapped, written_at_the_end};
use locks::mutex::timed::{TimedMutex, out_of_std, parking_lots, tried};

use super::fairness::wait_until_it_sleeps;

checks::within_a_minute! {
#[test]
fn a_guard_without_a_name_lives_to_the_end_of_the_match_and_keeps_the_others_out() {
    assert!(!in_the_match(Duration::ZERO));
}

#[test]
fn a_job_that_has_a_name_of_its_own_is_done_outside_the_lock() {
    assert!(named_first(Duration::ZERO));
}

#[test]
fn in_the_else_of_an_if_let_the_guard_is_gone() {
    assert!(in_the_else(Duration::ZERO));
}

#[test]
fn a_guard_bound_to_an_underscore_holds_nothing() {
    // rustc refuses it for std's mutex, but does not know parking_lot's.
    let lock = parking_lot::Mutex::new(());
    #[expect(clippy::let_underscore_lock, reason = "that is what is shown")]
    let _ = lock.lock();
    assert!(!lock.is_locked());
    let _named = lock.lock();
    assert!(lock.is_locked());
}

#[test]
fn who_only_tries_is_told_at_once_that_the_lock_is_held() {
    assert!(!tried());
}

#[test]
fn who_waits_with_a_limit_comes_back_without_the_lock_and_not_before_the_time_is_up() {
    let patience = Duration::from_millis(5);
    for wait in [parking_lots, out_of_std] {
        let begun = Instant::now();
        assert!(!wait(patience));
        assert!(begun.elapsed() >= patience);
    }
}

#[test]
fn who_waits_with_a_limit_gets_the_lock_when_it_is_given_back_in_time() {
    let lock = TimedMutex::default();
    std::thread::scope(|scope| {
        let held = lock.try_lock_for(Duration::ZERO).expect("it is free");
        let name = "timed-waiter";
        let waiter = std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, || {
            // More than a minute: a lock that forgets to wake it fails the test.
            lock.try_lock_for(Duration::from_secs(600)).is_some()
        });
        let waiter = waiter.expect("there is room for a thread");
        wait_until_it_sleeps(name);
        drop(held);
        assert!(waiter.join().expect("it does not panic"));
    });
}

#[test]
fn two_that_wait_with_a_limit_are_let_in_one_after_the_other() {
    let (lock, inside) = (TimedMutex::default(), Mutex::new(()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    let _guard = lock.try_lock_for(Duration::from_secs(600)).expect("it is given back");
                    let _alone = inside.try_lock().expect("nobody else is inside");
                }
            });
        }
    });
}

#[test]
fn a_panic_under_the_lock_makes_the_next_unwrap_panic_too() {
    assert_eq!(unwrapped(), 2);
}

#[test]
fn without_poison_half_a_transfer_is_taken_for_a_whole_one() {
    assert_eq!(not_told(), Found { told: false, total: 60 });
}

#[test]
fn a_poisoned_value_can_be_repaired_and_the_lock_declared_sound() {
    assert_eq!(recovered(), Found { told: true, total: 100 });
}

#[test]
fn a_value_that_is_written_in_one_step_is_whole_even_if_the_lock_is_poisoned() {
    assert_eq!(written_at_the_end(), Found { told: true, total: 100 });
}

#[test]
fn try_lock_tells_a_poisoned_lock_from_one_that_is_held() {
    use std::sync::TryLockError::{Poisoned, WouldBlock};
    let lock = Mutex::new(());
    let held = lock.lock();
    assert!(matches!(lock.try_lock(), Err(WouldBlock)));
    drop(held);
    let ended = std::thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _held = lock.lock();
            std::panic::resume_unwind(Box::new("with the lock in its hand"));
        });
        holder.join()
    });
    assert!(ended.is_err());
    assert!(matches!(lock.try_lock(), Err(Poisoned(_))));
    lock.clear_poison();
    assert!(lock.try_lock().is_ok());
}
}
