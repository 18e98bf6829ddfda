//! One contract for all reader-writer locks: ours, the one out of a condition variable, the standard
//! library's, `parking_lot`'s and `crossbeam`'s.

use std::sync::PoisonError;

/// What `lock_api`'s reader-writer locks and std's have in common.
trait Lock: Send + Sync {
    fn new(value: u32) -> Self;
    fn read<R>(&self, inside: impl FnOnce(&u32) -> R) -> R;
    fn write<R>(&self, inside: impl FnOnce(&mut u32) -> R) -> R;
    fn can_read(&self) -> bool;
    fn can_write(&self) -> bool;
}

impl<L: lock_api::RawRwLock + Send + Sync> Lock for lock_api::RwLock<L, u32> {
    fn new(value: u32) -> Self {
        Self::new(value)
    }
    fn read<R>(&self, inside: impl FnOnce(&u32) -> R) -> R {
        inside(&self.read())
    }
    fn write<R>(&self, inside: impl FnOnce(&mut u32) -> R) -> R {
        inside(&mut self.write())
    }
    fn can_read(&self) -> bool {
        self.try_read().is_some()
    }
    fn can_write(&self) -> bool {
        self.try_write().is_some()
    }
}

macro_rules! like_std {
    ($lock:ty) => {
        impl Lock for $lock {
            fn new(value: u32) -> Self {
                Self::new(value)
            }
            fn read<R>(&self, inside: impl FnOnce(&u32) -> R) -> R {
                inside(&self.read().unwrap_or_else(PoisonError::into_inner))
            }
            fn write<R>(&self, inside: impl FnOnce(&mut u32) -> R) -> R {
                inside(&mut self.write().unwrap_or_else(PoisonError::into_inner))
            }
            fn can_read(&self) -> bool {
                self.try_read().is_ok()
            }
            fn can_write(&self) -> bool {
                self.try_write().is_ok()
            }
        }
    };
}

like_std!(std::sync::RwLock<u32>);
like_std!(crossbeam_utils::sync::ShardedLock<u32>);

/// The lock out of a condition variable, and a value that refuses a thread which it should not have
/// admitted.
struct FromCondvar(locks::real::from_condvar::RwLock, std::sync::RwLock<u32>);

impl Lock for FromCondvar {
    fn new(value: u32) -> Self {
        Self(Default::default(), value.into())
    }
    fn read<R>(&self, inside: impl FnOnce(&u32) -> R) -> R {
        self.0.read();
        let result = inside(&self.1.try_read().expect("no writer is inside"));
        self.0.leave();
        result
    }
    fn write<R>(&self, inside: impl FnOnce(&mut u32) -> R) -> R {
        self.0.write();
        let result = inside(&mut self.1.try_write().expect("no other thread is inside"));
        self.0.leave_as_writer();
        result
    }
    fn can_read(&self) -> bool {
        let can = self.0.try_read();
        can.then(|| self.0.leave());
        can
    }
    fn can_write(&self) -> bool {
        let can = self.0.try_write();
        can.then(|| self.0.leave_as_writer());
        can
    }
}

/// Tries to read and to write, on a thread of its own.
fn tried(lock: &impl Lock) -> (bool, bool) {
    let tries = || (lock.can_read(), lock.can_write());
    std::thread::scope(|scope| scope.spawn(tries).join().expect("it does not panic"))
}

macro_rules! contract {
    ($name:ident: $Lock:ty) => {
        mod $name {
            use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
            use std::sync::{Barrier, mpsc};
            use std::thread::scope;

            use super::{Lock, tried};

            type Under = $Lock;

            checks::within_a_minute! {
                #[test]
                fn many_readers_are_inside_at_once() {
                    let (lock, all_inside) = (<Under as Lock>::new(7), Barrier::new(4));
                    scope(|scope| {
                        for _ in 0..4 {
                            // No reader leaves before all have come in.
                            scope.spawn(|| Lock::read(&lock, |value| {
                                all_inside.wait();
                                assert_eq!(*value, 7);
                            }));
                        }
                    });
                    assert!(lock.can_write(), "all have left");
                }

                #[test]
                fn a_reader_keeps_writers_out_and_no_readers() {
                    let lock = <Under as Lock>::new(0);
                    assert_eq!(Lock::read(&lock, |_| tried(&lock)), (true, false));
                }

                #[test]
                fn a_writer_keeps_everyone_out() {
                    let lock = <Under as Lock>::new(0);
                    assert_eq!(Lock::write(&lock, |_| tried(&lock)), (false, false));
                    assert!(lock.can_read() && lock.can_write(), "it has left");
                }

                #[test]
                fn a_writer_that_waits_gets_in_when_the_last_reader_has_left() {
                    let lock = <Under as Lock>::new(0);
                    let (asks, asked) = mpsc::channel();
                    let leaves = AtomicBool::new(false);
                    scope(|scope| {
                        Lock::read(&lock, |_| {
                            scope.spawn(|| {
                                asks.send(()).expect("the reader waits for it");
                                Lock::write(&lock, |value| {
                                    assert!(leaves.load(SeqCst), "the reader is inside");
                                    *value = 1;
                                });
                            });
                            asked.recv().expect("the writer sends first");
                            leaves.store(true, SeqCst);
                        });
                    });
                    assert_eq!(Lock::read(&lock, |value| *value), 1);
                }

                #[test]
                fn no_change_is_lost_among_readers_and_writers_and_none_goes_back() {
                    const TIMES: u32 = 2_000;
                    let lock = <Under as Lock>::new(0);
                    scope(|scope| {
                        for _ in 0..2 {
                            scope.spawn(|| {
                                (0..TIMES).for_each(|_| Lock::write(&lock, |value| *value += 1));
                            });
                            scope.spawn(|| (0..TIMES).fold(0, |before, _| {
                                Lock::read(&lock, |value| {
                                    assert!(*value >= before);
                                    *value
                                })
                            }));
                        }
                    });
                    assert_eq!(Lock::read(&lock, |value| *value), 2 * TIMES);
                }
            }
        }
    };
}

contract!(ours: locks::real::primitives::rwlocks::RwLock<u32>);
contract!(ours_sharded: locks::real::primitives::rwlocks::ShardedRwLock<u32>);
contract!(from_a_condvar: super::FromCondvar);
contract!(the_standard_library_s: std::sync::RwLock<u32>);
contract!(parking_lot_s: parking_lot::RwLock<u32>);
contract!(crossbeam_s: crossbeam_utils::sync::ShardedLock<u32>);

use locks::real::primitives::rwlocks::{RwLock, ShardedRwLock};

#[test]
fn is_locked_tells_readers_from_a_writer() {
    let (plain, sharded) = (RwLock::new(0), ShardedRwLock::new(0));
    macro_rules! told {
        ($lock:ident) => {
            ($lock.is_locked(), $lock.is_locked_exclusive())
        };
    }
    assert_eq!((told!(plain), told!(sharded)), ((false, false), (false, false)));
    let held = (plain.read(), sharded.read());
    assert_eq!((told!(plain), told!(sharded)), ((true, false), (true, false)));
    drop(held);
    let held = (plain.write(), sharded.write());
    assert_eq!((told!(plain), told!(sharded)), ((true, true), (true, true)));
    drop(held);
}

checks::within_a_minute! {
    #[test]
    fn another_thread_may_drop_a_sharded_guard_and_a_writer_that_tries_in_vain_keeps_no_shard() {
        let lock = ShardedRwLock::new(0);
        std::thread::scope(|scope| {
            // Each thread has the next shard: each shard is a reader's once.
            for _ in 0..8 {
                let read = scope.spawn(|| lock.read()).join().expect("it does not panic");
                // What it takes before it comes to the reader's shard, it gives back.
                assert!(lock.try_write().is_none());
                drop(read);
            }
        });
        assert!(lock.try_write().is_some(), "each shard is free again");
    }

    #[test]
    fn once_a_writer_waits_no_new_reader_is_let_in() {
        fn check<L: Lock>(lock: &L) {
            std::thread::scope(|scope| {
                lock.read(|_| {
                    scope.spawn(|| lock.write(|value| *value += 1));
                    // From the moment on in which the writer waits; before that, the tries succeed.
                    while lock.can_read() {
                        std::thread::yield_now();
                    }
                });
            });
            assert_eq!(lock.read(|value| *value), 1);
        }
        check::<RwLock<u32>>(&Lock::new(0));
        check::<FromCondvar>(&Lock::new(0));
    }
}
