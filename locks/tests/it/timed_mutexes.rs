//! The lesson's lock with a timeout, beside `parking_lot`'s: never over early, and with nothing left
//! behind; and std's mutex, which has no timeout.

use std::thread::scope;
use std::time::{Duration, Instant};

use locks::mutex::TimedMutex;

/// Tries a lock for a time, on a thread of its own.
macro_rules! asked_by_another {
    ($lock:ident, $time:expr) => {
        scope(|scope| {
            let ask = scope.spawn(|| $lock.try_lock_for($time).is_some());
            ask.join().expect("it does not panic")
        })
    };
}

macro_rules! keeps_time {
    ($name:ident: $Lock:ty) => {
        mod $name {
            use super::*;

            checks::within_a_minute! {
                #[test]
                fn a_thread_gives_up_at_its_timeout_and_not_before() {
                    let lock = <$Lock>::default();
                    let held = lock.try_lock_for(Duration::ZERO).expect("a free lock");
                    for time in [0, 1, 20].map(Duration::from_millis) {
                        let begun = Instant::now();
                        assert!(!asked_by_another!(lock, time));
                        assert!(begun.elapsed() >= time, "{:?} of {time:?}", begun.elapsed());
                    }
                    drop(held);
                    assert!(asked_by_another!(lock, Duration::ZERO), "nothing was left behind");
                }
            }
        }
    };
}

keeps_time!(of_std: TimedMutex);
keeps_time!(parking_lot_mutex: parking_lot::Mutex<()>);

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
fn try_lock_tells_a_poisoned_lock_from_one_that_is_held() {
    use std::sync::TryLockError::{Poisoned, WouldBlock};
    let lock = std::sync::Mutex::new(());
    let held = lock.lock();
    assert!(matches!(lock.try_lock(), Err(WouldBlock)));
    drop(held);
    let ended = std::panic::catch_unwind(|| {
        let _held = lock.lock();
        std::panic::resume_unwind(Box::new("while it holds the lock"));
    });
    assert!(ended.is_err());
    assert!(matches!(lock.try_lock(), Err(Poisoned(_))));
    lock.clear_poison();
    assert!(lock.try_lock().is_ok());
}
