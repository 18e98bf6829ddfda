//! One contract for all condition variables: ours, `parking_lot`'s and the standard library's.

use std::time::Duration;

/// The interface that ours and `parking_lot`'s have in common; std's is the same with another
/// guard.
macro_rules! contract {
    ($name:ident: $Condvar:ty, $Mutex:ident, $lock:expr, $wait:expr, $wait_for:expr) => {
        mod $name {
            use super::Duration;
            use std::sync::mpsc;
            use std::thread::scope;

            checks::within_a_minute! {
                #[test]
                fn a_waiter_is_woken_when_the_condition_has_come_true_and_holds_the_mutex() {
                    let (mutex, condvar) = (super::$Mutex::new(0), <$Condvar>::new());
                    scope(|scope| {
                        scope.spawn(|| {
                            *$lock(&mutex) = 1;
                            condvar.notify_one();
                        });
                        let mut value = $wait(&condvar, $lock(&mutex), |value: &mut u32| *value == 0);
                        *value += 1;
                    });
                    assert_eq!(*$lock(&mutex), 2);
                }

                #[test]
                fn notify_all_wakes_all_waiters() {
                    let (mutex, condvar, (waits, waiting)) = (super::$Mutex::new(0), <$Condvar>::new(), mpsc::channel());
                    scope(|scope| {
                        for _ in 0..3 {
                            let (waits, mutex, condvar) = (waits.clone(), &mutex, &condvar);
                            scope.spawn(move || {
                                let value = $lock(mutex);
                                // Under the mutex: the next holder has it when this one waits.
                                waits.send(()).expect("the test waits for it");
                                drop($wait(condvar, value, |value: &mut u32| *value == 0));
                            });
                        }
                        (0..3).for_each(|_| waiting.recv().expect("each sends once"));
                        *$lock(&mutex) = 1;
                        condvar.notify_all();
                    });
                }

                #[test]
                fn one_notification_for_each_is_enough() {
                    let (mutex, condvar, (waits, waiting)) = (super::$Mutex::new(0), <$Condvar>::new(), mpsc::channel());
                    scope(|scope| {
                        for _ in 0..3 {
                            let (waits, mutex, condvar) = (waits.clone(), &mutex, &condvar);
                            scope.spawn(move || {
                                let value = $lock(mutex);
                                waits.send(()).expect("the test waits for it");
                                *$wait(condvar, value, |value: &mut u32| *value == 0) -= 1;
                            });
                        }
                        (0..3).for_each(|_| waiting.recv().expect("each sends once"));
                        for _ in 0..3 {
                            *$lock(&mutex) += 1;
                            condvar.notify_one();
                        }
                    });
                    assert_eq!(*$lock(&mutex), 0);
                }

                #[test]
                fn a_timeout_is_reported() {
                    let (mutex, condvar) = (super::$Mutex::new(0), <$Condvar>::new());
                    assert!(!$wait_for(&condvar, $lock(&mutex), Duration::from_millis(5), |value: &mut u32| *value == 0));
                    assert!($wait_for(&condvar, $lock(&mutex), Duration::MAX, |value: &mut u32| *value == 1));
                }

                #[test]
                fn a_notification_that_no_thread_waits_for_is_lost() {
                    let (mutex, condvar) = (super::$Mutex::new(0), <$Condvar>::new());
                    condvar.notify_one();
                    condvar.notify_all();
                    assert!(!$wait_for(&condvar, $lock(&mutex), Duration::from_millis(5), |value: &mut u32| *value == 0));
                }
            }
        }
    };
}

use parking_lot::Mutex as PlMutex;
use std::sync::Mutex as StdMutex;

fn ours_while<'a>(
    condvar: &locks::real::primitives::condvar::Condvar,
    mut guard: parking_lot::MutexGuard<'a, u32>,
    condition: impl FnMut(&mut u32) -> bool,
) -> parking_lot::MutexGuard<'a, u32> {
    condvar.wait_while(&mut guard, condition);
    guard
}

fn ours_for(
    condvar: &locks::real::primitives::condvar::Condvar,
    mut guard: parking_lot::MutexGuard<'_, u32>,
    patience: Duration,
    condition: impl FnMut(&mut u32) -> bool,
) -> bool {
    condvar.wait_timeout_while(&mut guard, patience, condition)
}

fn parking_lot_while<'a>(
    condvar: &parking_lot::Condvar,
    mut guard: parking_lot::MutexGuard<'a, u32>,
    condition: impl FnMut(&mut u32) -> bool,
) -> parking_lot::MutexGuard<'a, u32> {
    condvar.wait_while(&mut guard, condition);
    guard
}

fn parking_lot_for(
    condvar: &parking_lot::Condvar,
    mut guard: parking_lot::MutexGuard<'_, u32>,
    patience: Duration,
    condition: impl FnMut(&mut u32) -> bool,
) -> bool {
    !condvar.wait_while_for(&mut guard, condition, patience).timed_out()
}

fn std_while<'a>(
    condvar: &std::sync::Condvar,
    guard: std::sync::MutexGuard<'a, u32>,
    condition: impl FnMut(&mut u32) -> bool,
) -> std::sync::MutexGuard<'a, u32> {
    condvar.wait_while(guard, condition).expect("nobody panics with it")
}

fn std_for(
    condvar: &std::sync::Condvar,
    guard: std::sync::MutexGuard<'_, u32>,
    patience: Duration,
    condition: impl FnMut(&mut u32) -> bool,
) -> bool {
    let (_guard, result) =
        condvar.wait_timeout_while(guard, patience, condition).expect("nobody panics with it");
    !result.timed_out()
}

fn std_lock(mutex: &StdMutex<u32>) -> std::sync::MutexGuard<'_, u32> {
    mutex.lock().expect("nobody panics with it")
}

contract!(ours: locks::real::primitives::condvar::Condvar, PlMutex, super::PlMutex::lock, super::ours_while, super::ours_for);
contract!(parking_lot_s: parking_lot::Condvar, PlMutex, super::PlMutex::lock, super::parking_lot_while, super::parking_lot_for);
contract!(the_standard_library_s: std::sync::Condvar, StdMutex, super::std_lock, super::std_while, super::std_for);
