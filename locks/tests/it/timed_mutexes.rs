//! The mutual exclusions that can be asked to give up after some time: never earlier, and with
//! nothing left behind.

use std::cell::Cell;
use std::time::Duration;

use locks::real::primitives::FutexMutex;

use crate::mutexes::{Exclusive, Value, asked_by_another};

/// One that can be asked to give up after some time.
trait Timed: Exclusive {
    fn try_for<R>(&self, time: Duration, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R>;
}

macro_rules! timed {
    ($($Lock:path),*) => {$(
        impl Timed for $Lock {
            fn try_for<R>(&self, time: Duration, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R> {
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
                fn who_gives_up_does_so_when_the_time_is_over_and_not_before() {
                    let lock = <$Lock>::free();
                    for time in [Duration::ZERO, Duration::from_millis(1), Duration::from_millis(20)] {
                        let waited = lock.with(|_| asked_by_another(|| {
                            let begun = Instant::now();
                            assert!(lock.try_for(time, |_| ()).is_none());
                            begun.elapsed()
                        }));
                        assert!(waited >= time, "{waited:?} of {time:?}");
                    }
                    // Who gave up has left nothing behind.
                    lock.with(|value| value.set(1));
                    assert_eq!(asked_by_another(|| lock.try_with(Cell::get)), Some(1));
                }

                #[test]
                fn a_free_lock_is_taken_in_no_time() {
                    assert_eq!(<$Lock>::free().try_for(Duration::ZERO, Cell::get), Some(0));
                }

                #[test]
                fn who_waits_with_time_to_spare_gets_the_lock() {
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
