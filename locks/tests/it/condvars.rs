//! One contract for all condition variables: ours, `parking_lot`'s and the standard library's.

use std::sync::mpsc::channel;
use std::thread::scope;
use std::time::Duration;

/// A number under a mutex, and a condition variable.
trait Guarded: Sync {
    fn new() -> Self;
    fn set(&self, value: u32);
    fn notify_one(&self);
    fn notify_all(&self);
    /// Waits while the number is 0, after a call of `before` under the mutex; then changes it.
    fn wait(&self, before: impl FnOnce(), change: impl FnOnce(&mut u32));
    /// Waits while the number is `value`, with a timeout; `false` if that was over first.
    fn wait_for(&self, value: u32, timeout: Duration) -> bool;
}

struct Number<M, C>(M, C);

macro_rules! guarded {
    ($Mutex:path, $Condvar:path, $wait_for:expr) => {
        impl Guarded for Number<$Mutex, $Condvar> {
            fn new() -> Self {
                Self(<$Mutex>::new(0), <$Condvar>::new())
            }
            fn set(&self, value: u32) {
                *self.0.lock() = value;
            }
            fn notify_one(&self) {
                self.1.notify_one();
            }
            fn notify_all(&self) {
                self.1.notify_all();
            }
            fn wait(&self, before: impl FnOnce(), change: impl FnOnce(&mut u32)) {
                let mut value = self.0.lock();
                before();
                self.1.wait_while(&mut value, |value| *value == 0);
                change(&mut value);
            }
            fn wait_for(&self, value: u32, timeout: Duration) -> bool {
                $wait_for(&self.1, self.0.lock(), timeout, |now: &mut u32| *now == value)
            }
        }
    };
}

type Ours = locks::real::primitives::condvar::Condvar;
guarded!(parking_lot::Mutex<u32>, Ours, |condvar: &Ours, mut guard, timeout, condition| condvar
    .wait_timeout_while(&mut guard, timeout, condition));
guarded!(
    parking_lot::Mutex<u32>,
    parking_lot::Condvar,
    |condvar: &parking_lot::Condvar, mut guard, timeout, condition| !condvar
        .wait_while_for(&mut guard, condition, timeout)
        .timed_out()
);

impl Guarded for Number<std::sync::Mutex<u32>, std::sync::Condvar> {
    fn new() -> Self {
        Self(std::sync::Mutex::new(0), std::sync::Condvar::new())
    }
    fn set(&self, value: u32) {
        *self.0.lock().expect("no thread panics with it") = value;
    }
    fn notify_one(&self) {
        self.1.notify_one();
    }
    fn notify_all(&self) {
        self.1.notify_all();
    }
    fn wait(&self, before: impl FnOnce(), change: impl FnOnce(&mut u32)) {
        let value = self.0.lock().expect("no thread panics with it");
        before();
        change(&mut self.1.wait_while(value, |value| *value == 0).expect("as above"));
    }
    fn wait_for(&self, value: u32, timeout: Duration) -> bool {
        let now = self.0.lock().expect("no thread panics with it");
        let waited = self.1.wait_timeout_while(now, timeout, |now| *now == value);
        !waited.expect("as above").1.timed_out()
    }
}

/// Lets three threads wait, and runs `notify` when all do.
fn three_wait<G: Guarded>(number: &G, change: fn(&mut u32), notify: impl FnOnce()) {
    let (waits, waiting) = channel();
    scope(|scope| {
        for _ in 0..3 {
            let waits = waits.clone();
            scope.spawn(move || {
                // Under the mutex: the next holder has it when this thread waits.
                number.wait(|| waits.send(()).expect("the test waits for it"), change);
            });
        }
        (0..3).for_each(|_| waiting.recv().expect("each sends once"));
        notify();
    });
}

macro_rules! contract {
    ($name:ident: $Number:ty) => {
        mod $name {
            use super::*;

            checks::within_a_minute! {
                #[test]
                fn a_waiter_is_woken_when_the_condition_has_come_true_and_holds_the_mutex() {
                    let number = <$Number>::new();
                    scope(|scope| {
                        scope.spawn(|| {
                            number.set(1);
                            number.notify_one();
                        });
                        number.wait(|| (), |value| *value += 1);
                    });
                    number.wait(|| (), |value| assert_eq!(*value, 2));
                }

                #[test]
                fn notify_all_wakes_all_waiters() {
                    let number = <$Number>::new();
                    three_wait(&number, |_| (), || {
                        number.set(1);
                        number.notify_all();
                    });
                }

                #[test]
                fn one_notification_for_each_is_enough() {
                    let number = <$Number>::new();
                    three_wait(&number, |value| *value -= 1, || {
                        number.set(3);
                        (0..3).for_each(|_| number.notify_one());
                    });
                    assert!(!number.wait_for(0, Duration::ZERO), "each has taken 1");
                }

                #[test]
                fn a_timeout_is_reported() {
                    let number = <$Number>::new();
                    assert!(!number.wait_for(0, Duration::from_millis(5)));
                    assert!(number.wait_for(1, Duration::MAX));
                }

                #[test]
                fn a_notification_that_no_thread_waits_for_is_lost() {
                    let number = <$Number>::new();
                    number.notify_one();
                    number.notify_all();
                    assert!(!number.wait_for(0, Duration::from_millis(5)));
                }
            }
        }
    };
}

contract!(ours: Number<parking_lot::Mutex<u32>, Ours>);
contract!(parking_lot_s: Number<parking_lot::Mutex<u32>, parking_lot::Condvar>);
contract!(the_standard_library_s: Number<std::sync::Mutex<u32>, std::sync::Condvar>);
