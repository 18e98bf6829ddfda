//! The semaphores on real threads: the one of atomics, and the one out of a condition variable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread::scope;

use locks::real::from_condvar;
use locks::real::primitives::semaphore::{Semaphore, TooMany};

macro_rules! contract {
    ($name:ident: $new:expr, $release:expr) => {
        mod $name {
            use super::*;

            checks::within_a_minute! {
                #[test]
                fn no_more_threads_are_inside_than_there_are_permits() {
                    let (semaphore, inside) = ($new(2), AtomicU32::new(0));
                    scope(|scope| {
                        for _ in 0..4 {
                            scope.spawn(|| for _ in 0..2_000 {
                                semaphore.acquire();
                                assert!(inside.fetch_add(1, SeqCst) < 2);
                                inside.fetch_sub(1, SeqCst);
                                $release(&semaphore);
                            });
                        }
                    });
                    // Both are back.
                    (0..2).for_each(|_| semaphore.acquire());
                }

                #[test]
                fn a_thread_that_waits_is_admitted_by_a_release_of_another_thread() {
                    let (semaphore, (asks, asked)) = ($new(0), mpsc::channel());
                    scope(|scope| {
                        for _ in 0..3 {
                            let (asks, semaphore) = (asks.clone(), &semaphore);
                            scope.spawn(move || {
                                asks.send(()).expect("the test waits for it");
                                semaphore.acquire();
                            });
                        }
                        (0..3).for_each(|_| asked.recv().expect("each sends once"));
                        (0..3).for_each(|_| $release(&semaphore));
                    });
                }
            }
        }
    };
}

contract!(of_atomics: Semaphore::new, |semaphore: &Semaphore| semaphore.release().expect("room"));
contract!(from_a_condvar: from_condvar::Semaphore::new, from_condvar::Semaphore::release);

#[test]
fn one_permit_too_many_is_refused_and_changes_nothing() {
    let semaphore = Semaphore::bounded(1);
    assert_eq!(semaphore.release(), Err(TooMany));
    assert!(semaphore.try_acquire() && !semaphore.try_acquire());
    assert_eq!((semaphore.release(), semaphore.release()), (Ok(()), Err(TooMany)));
    assert_eq!(Semaphore::new(u32::MAX).release(), Err(TooMany));
}

#[test]
fn the_semaphore_from_a_condvar_says_that_there_are_too_many_permits_and_keeps_them() {
    let semaphore = from_condvar::Semaphore::new(u32::MAX);
    assert_eq!(said(|| semaphore.release()), "too many permits");
    semaphore.acquire();
    semaphore.release();
}

#[test]
fn a_reader_that_is_not_inside_cannot_leave_and_shuts_no_writer_out() {
    let lock = from_condvar::RwLock::<false>::new();
    assert_eq!(said(|| lock.leave()), "no reader is inside");
    assert!(lock.try_write());
}

/// Returns what a call panics with.
fn said(call: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(call)).expect_err("it panics");
    *payload.downcast::<String>().expect("a text that was made for it")
}
