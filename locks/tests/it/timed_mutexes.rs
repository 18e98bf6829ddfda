//! The mutual exclusions that have a timeout: never over early, and with nothing left behind; and
//! std's mutex, which has none.

use std::cell::Cell;
use std::time::Duration;

use locks::real::primitives::FutexMutex;
use locks::timed_mutex::TimedMutex;

use crate::mutexes::{Exclusive, Value, asked_by_another};

/// A mutual exclusion with a timeout.
trait Timed: Exclusive {
    fn try_for<R>(&self, time: Duration, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R>;
}

macro_rules! timed {
    ($($Lock:path),*) => {$(
        impl Timed for $Lock {
            fn try_for<R>(
                &self,
                time: Duration,
                inside: impl FnOnce(&Cell<u32>) -> R,
            ) -> Option<R> {
                self.try_lock_for(time).map(|value| inside(&value))
            }
        }
    )*};
}

timed!(FutexMutex<Value>, parking_lot::Mutex<Value>, parking_lot::FairMutex<Value>);
timed!(parking_lot::ReentrantMutex<Value>);

macro_rules! keeps_time {
    ($name:ident: $Lock:ty) => {
        mod $name {
            use std::sync::mpsc;
            use std::time::Instant;

            use super::*;

            checks::within_a_minute! {
                #[test]
                fn a_thread_gives_up_at_its_timeout_and_not_before() {
                    let lock = <$Lock>::free();
                    for time in [0, 1, 20].map(Duration::from_millis) {
                        let waited = lock.with(|_| asked_by_another(|| {
                            let begun = Instant::now();
                            assert!(lock.try_for(time, |_| ()).is_none());
                            begun.elapsed()
                        }));
                        assert!(waited >= time, "{waited:?} of {time:?}");
                    }
                    // The thread that gave up has left nothing behind.
                    lock.with(|value| value.set(1));
                    assert_eq!(asked_by_another(|| lock.try_with(Cell::get)), Some(1));
                }

                #[test]
                fn a_free_lock_is_acquired_in_no_time() {
                    assert_eq!(<$Lock>::free().try_for(Duration::ZERO, Cell::get), Some(0));
                }

                #[test]
                fn a_thread_that_waits_with_time_to_spare_acquires_the_lock() {
                    // The longer one is longer than any clock.
                    for time in [Duration::from_secs(3_600), Duration::MAX] {
                        let (lock, (asks, asked)) = (<$Lock>::free(), mpsc::channel());
                        std::thread::scope(|scope| {
                            let waiter = lock.with(|value| {
                                let waiter = scope.spawn(|| {
                                    asks.send(()).expect("the test waits for it");
                                    lock.try_for(time, Cell::get)
                                });
                                asked.recv().expect("it sends once");
                                value.set(7);
                                waiter
                            });
                            assert_eq!(waiter.join().expect("it does not panic"), Some(7));
                        });
                    }
                }
            }
        }
    };
}

keeps_time!(futex: FutexMutex<Value>);
keeps_time!(parking_lot_mutex: parking_lot::Mutex<Value>);
keeps_time!(parking_lot_fair_mutex: parking_lot::FairMutex<Value>);
keeps_time!(parking_lot_reentrant_mutex: parking_lot::ReentrantMutex<Value>);

/// The lesson's lock that is made of std's parts, around a value.
struct OfStd(TimedMutex, std::sync::Mutex<Cell<u32>>);

impl Exclusive for OfStd {
    fn free() -> Self {
        Self(TimedMutex::new(), std::sync::Mutex::new(Cell::new(0)))
    }
    fn with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> R {
        self.try_for(Duration::MAX, inside).expect("it has no limit")
    }
    fn try_with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R> {
        self.try_for(Duration::ZERO, inside)
    }
}

impl Timed for OfStd {
    fn try_for<R>(&self, time: Duration, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R> {
        let _guard = self.0.try_lock_for(time)?;
        Some(inside(&self.1.try_lock().expect("no other thread is inside")))
    }
}

keeps_time!(of_std: OfStd);

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
