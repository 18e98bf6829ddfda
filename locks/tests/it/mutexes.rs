//! One contract for all mutual exclusions: ours, and those that people use in production.

use std::cell::Cell;
use std::sync::{PoisonError, TryLockError};

use locks::real::primitives::reentrant::ReentrantLock;
use locks::real::primitives::{FutexMutex, McsLock, QueueTail, SpinLock, TicketLock, lock_late};

/// A lock around a value that may be sent between threads, and not shared.
trait Exclusive: Sync {
    fn free() -> Self;
    fn with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> R;
    fn try_with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R>;
}

macro_rules! exclusive {
    ($($Lock:path),*) => {$(
        impl Exclusive for $Lock {
            fn free() -> Self {
                Self::new(Cell::new(0))
            }
            fn with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> R {
                inside(&self.lock())
            }
            fn try_with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R> {
                self.try_lock().map(|value| inside(&value))
            }
        }
    )*};
}

type Value = Cell<u32>;
exclusive!(
    SpinLock<Value>,
    TicketLock<Value>,
    McsLock<Value>,
    FutexMutex<Value>,
    ReentrantLock<Value>
);
exclusive!(
    parking_lot::Mutex<Value>,
    parking_lot::FairMutex<Value>,
    parking_lot::ReentrantMutex<Value>
);

/// A FIFO lock whose queue a thread joins late.
struct Late(McsLock<Value>);

impl Exclusive for Late {
    fn free() -> Self {
        Self(McsLock::free())
    }
    fn with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> R {
        inside(&lock_late(&self.0))
    }
    fn try_with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R> {
        self.0.try_with(inside)
    }
}

impl QueueTail for Late {
    fn tail(&self) -> usize {
        self.0.tail()
    }
}

impl Exclusive for std::sync::Mutex<Value> {
    fn free() -> Self {
        Self::new(Cell::new(0))
    }
    fn with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> R {
        inside(&self.lock().unwrap_or_else(PoisonError::into_inner))
    }
    fn try_with<R>(&self, inside: impl FnOnce(&Cell<u32>) -> R) -> Option<R> {
        match self.try_lock() {
            Ok(value) => Some(inside(&value)),
            Err(TryLockError::Poisoned(poisoned)) => Some(inside(&poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// Asks on a thread of its own: some locks admit their holder again.
fn asked_by_another<R: Send>(ask: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| scope.spawn(ask).join().expect("it does not panic"))
}

macro_rules! contract {
    ($name:ident: $Lock:ty) => {
        mod $name {
            use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
            use std::sync::mpsc;

            use super::*;

            checks::within_a_minute! {
                #[test]
                fn one_thread_at_a_time_is_inside_and_no_increment_is_lost() {
                    const TIMES: u32 = 2_000;
                    // More threads than cores: some are preempted while they hold the lock.
                    const THREADS: u32 = 4;
                    let (lock, inside) = (<$Lock>::free(), AtomicU32::new(0));
                    std::thread::scope(|scope| {
                        for _ in 0..THREADS {
                            scope.spawn(|| {
                                for _ in 0..TIMES {
                                    lock.with(|value| {
                                        assert_eq!(inside.fetch_add(1, Relaxed), 0);
                                        value.set(value.get() + 1);
                                        inside.fetch_sub(1, Relaxed);
                                    });
                                }
                            });
                        }
                    });
                    assert_eq!(lock.with(Cell::get), THREADS * TIMES);
                }

                #[test]
                fn a_lock_that_is_held_is_refused_at_once_and_a_free_one_is_not() {
                    let lock = <$Lock>::free();
                    lock.with(|_| {
                        assert!(asked_by_another(|| lock.try_with(|_| ()).is_none()));
                        // The refusal has changed nothing: it is held still.
                        assert!(asked_by_another(|| lock.try_with(|_| ()).is_none()));
                    });
                    assert_eq!(asked_by_another(|| lock.try_with(Cell::get)), Some(0));
                    assert_eq!(lock.try_with(Cell::get), Some(0));
                }

                #[test]
                fn a_thread_that_waits_acquires_the_lock_when_it_is_released_and_not_before() {
                    let (lock, released) = (<$Lock>::free(), AtomicBool::new(false));
                    // Each round, two waiters: a lost wake-up would leave one of them asleep.
                    for _ in 0..50 {
                        released.store(false, Relaxed);
                        let (asks, asked) = mpsc::channel();
                        std::thread::scope(|scope| {
                            lock.with(|value| {
                                for _ in 0..2 {
                                    let (lock, released, asks) = (&lock, &released, asks.clone());
                                    scope.spawn(move || {
                                        asks.send(()).expect("the test waits for it");
                                        lock.with(|value| {
                                            assert!(released.load(Relaxed) && value.get() == 7);
                                        });
                                    });
                                }
                                (0..2).for_each(|_| asked.recv().expect("each sends once"));
                                value.set(7);
                                released.store(true, Relaxed);
                            });
                        });
                    }
                }

            }
        }
    };
}

contract!(spin: SpinLock<Value>);
contract!(ticket: TicketLock<Value>);
contract!(mcs: McsLock<Value>);
contract!(mcs_late: Late);
contract!(futex: FutexMutex<Value>);
contract!(reentrant: ReentrantLock<Value>);
contract!(std_mutex: std::sync::Mutex<Value>);
contract!(parking_lot_mutex: parking_lot::Mutex<Value>);
contract!(parking_lot_fair_mutex: parking_lot::FairMutex<Value>);
contract!(parking_lot_reentrant_mutex: parking_lot::ReentrantMutex<Value>);

checks::within_a_minute! {
    #[test]
    fn a_thread_that_releases_a_fair_lock_and_asks_again_queues_behind_the_waiters() {
        fn check<L: Exclusive + QueueTail>() {
            let lock = L::free();
            std::thread::scope(|scope| {
                lock.with(|_| {
                    let before = lock.tail();
                    scope.spawn(|| lock.with(|value| value.set(1)));
                    while lock.tail() == before {
                        std::thread::yield_now();
                    }
                    // Nor is it overtaken by a try.
                    assert!(lock.try_with(|_| ()).is_none());
                });
                assert_eq!(lock.with(Cell::get), 1, "the other one was first");
            });
        }
        check::<TicketLock<Value>>();
        check::<McsLock<Value>>();
        check::<Late>();
    }
}

#[test]
fn the_guards_of_our_mutexes_may_be_dropped_by_another_thread() {
    macro_rules! check {
        ($($Lock:ident),*) => {$(
            let lock = $Lock::new(0);
            let held = lock.lock();
            asked_by_another(move || drop(held));
            assert!(lock.try_lock().is_some());
        )*};
    }
    check!(SpinLock, TicketLock, McsLock, FutexMutex);
}

#[test]
fn a_lock_whose_guard_was_forgotten_may_be_moved_and_stays_taken() {
    macro_rules! check {
        ($($Lock:ident),*) => {$(
            let lock = Box::new($Lock::new(0));
            std::mem::forget(lock.lock());
            let elsewhere = *lock;
            assert!(elsewhere.is_locked() && elsewhere.try_lock().is_none());
        )*};
    }
    check!(SpinLock, TicketLock, McsLock, FutexMutex);
}
