//! One contract for all condition variables: ours, `parking_lot`'s and the standard library's.

use std::sync::mpsc::channel;
use std::thread::scope;

/// A number under a mutex, and a condition variable.
trait Guarded: Sync {
    fn new() -> Self;
    fn change(&self, change: impl FnOnce(&mut u32));
    fn notify_one(&self);
    fn notify_all(&self);
    /// Waits while the number is 0, after a call of `before` under the mutex; then changes it.
    fn wait(&self, before: impl FnOnce(), change: impl FnOnce(&mut u32));
}

struct Number<M, C>(M, C);

macro_rules! guarded {
    ($Mutex:path, $Condvar:path) => {
        impl Guarded for Number<$Mutex, $Condvar> {
            fn new() -> Self {
                Self(<$Mutex>::new(0), <$Condvar>::new())
            }
            fn change(&self, change: impl FnOnce(&mut u32)) {
                change(&mut self.0.lock());
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
        }
    };
}

type Ours = locks::real::primitives::condvar::Condvar;
guarded!(parking_lot::Mutex<u32>, Ours);
guarded!(parking_lot::Mutex<u32>, parking_lot::Condvar);

impl Guarded for Number<std::sync::Mutex<u32>, std::sync::Condvar> {
    fn new() -> Self {
        Self(std::sync::Mutex::new(0), std::sync::Condvar::new())
    }
    fn change(&self, change: impl FnOnce(&mut u32)) {
        change(&mut self.0.lock().expect("no thread panics with it"));
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
                            number.change(|value| *value = 1);
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
                        number.change(|value| *value = 1);
                        number.notify_all();
                    });
                }

                #[test]
                fn one_notification_for_each_is_enough() {
                    let number = <$Number>::new();
                    three_wait(&number, |value| *value -= 1, || {
                        number.change(|value| *value = 3);
                        (0..3).for_each(|_| number.notify_one());
                    });
                    number.change(|value| assert_eq!(*value, 0, "each has taken 1"));
                }
            }
        }
    };
}

contract!(ours: Number<parking_lot::Mutex<u32>, Ours>);
contract!(parking_lot_s: Number<parking_lot::Mutex<u32>, parking_lot::Condvar>);
contract!(the_standard_library_s: Number<std::sync::Mutex<u32>, std::sync::Condvar>);

#[test]
fn a_notification_that_no_thread_waits_for_is_lost() {
    let (number, changed) = (std::sync::Mutex::new(0), std::sync::Condvar::new());
    changed.notify_one();
    changed.notify_all();
    let number = number.lock().expect("no thread panics with it");
    let moment = std::time::Duration::from_millis(5);
    let waited = changed.wait_timeout_while(number, moment, |number| *number == 0);
    assert!(waited.expect("as above").1.timed_out());
}
