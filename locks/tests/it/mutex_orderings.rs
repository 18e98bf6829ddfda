//! The mutual exclusions under Loom, which reorders what may be reordered: as they are, and with a
//! weaker ordering in the place of each that they need. An x86 keeps stores in order: it cannot
//! show the difference.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::loomed::{
    Raw, acquire_for_both, as_it_is, few, relaxed_acquire, relaxed_release, release_for_both,
};

/// A value that Loom sees being reached.
struct Guarded<R> {
    raw: R,
    value: loom::cell::UnsafeCell<u32>,
}

// SAFETY: the value must be reached by one thread at a time. It is reached between `acquire` and
// `release` alone; and if these admit two threads, Loom reports it and reaches nothing.
#[allow(unsafe_code, reason = "it is the locks that are on trial")]
unsafe impl<R: Raw> Sync for Guarded<R> {}

impl<R: Raw> Guarded<R> {
    fn new() -> loom::sync::Arc<Self> {
        loom::sync::Arc::new(Self { raw: R::free(), value: loom::cell::UnsafeCell::new(0) })
    }

    /// Adds 1 and releases the lock, which the thread has acquired.
    #[allow(unsafe_code, reason = "a closure is handed a pointer")]
    fn add(&self) -> u32 {
        // SAFETY: the pointer must be valid and not aliased. Loom owns the cell, and reports each
        // access that could meet another before it happens.
        let value = self.value.with_mut(|value| unsafe {
            *value += 1;
            *value
        });
        self.raw.release();
        value
    }

    fn acquire_and_add(&self) -> u32 {
        self.raw.acquire();
        self.add()
    }
}

/// Lets threads add 1 to a plain value, each under the lock.
fn all_add<R: Raw>(threads: u32) -> impl Fn() + Send + Sync + 'static {
    move || {
        let guarded = Guarded::<R>::new();
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let guarded = loom::sync::Arc::clone(&guarded);
                loom::thread::spawn(move || guarded.acquire_and_add())
            })
            .collect();
        guarded.acquire_and_add();
        others
            .into_iter()
            .for_each(|other| assert_ne!(other.join().expect("it does not panic"), 0));
        assert_eq!(guarded.acquire_and_add(), threads + 1);
    }
}

/// Lets two threads add 1 to a plain value, each if it acquires the lock.
fn both_try<R: Raw>() {
    let guarded = Guarded::<R>::new();
    let guarded2 = loom::sync::Arc::clone(&guarded);
    let other = loom::thread::spawn(move || guarded2.raw.try_acquire().then(|| guarded2.add()));
    let mine = guarded.raw.try_acquire().then(|| guarded.add());
    let theirs = other.join().expect("it does not panic");
    let entered = [mine, theirs].iter().flatten().count();
    assert!(entered > 0, "the first to try is admitted");
    assert!(guarded.raw.try_acquire(), "it is free again");
    assert_eq!(guarded.add() as usize, entered + 1);
}

/// Lets one of three threads wait for the lock, and the others try it once. Were there two that
/// spin, Loom could let them look by turns for ever.
fn one_waits_two_try<R: Raw>() {
    let guarded = Guarded::<R>::new();
    let others = [(); 2].map(|()| {
        let guarded = loom::sync::Arc::clone(&guarded);
        loom::thread::spawn(move || guarded.raw.try_acquire().then(|| guarded.add()))
    });
    guarded.acquire_and_add();
    let entered =
        others.into_iter().filter_map(|other| other.join().expect("it does not panic")).count();
    assert_eq!(guarded.acquire_and_add() as usize, entered + 2);
}

/// Asks that a model fails under Loom, since a write that came before is not visible.
fn fails(model: impl Fn() + Send + Sync + 'static) {
    let ended = catch_unwind(AssertUnwindSafe(|| few(2, model)));
    let payload = ended.expect_err("Loom must find a schedule in which it fails");
    let why = payload.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(why.contains("Causality violation"), "{why}");
}

macro_rules! holds {
    ($name:ident: $lock:ident::$Raw:ident) => {
        mod $name {
            use super::*;

            #[test]
            fn two_threads_are_never_inside_at_once_and_each_write_is_visible() {
                loom::model(all_add::<as_it_is::$lock::$Raw>(2));
            }

            #[test]
            fn nor_are_three_in_schedules_of_few_preemptions() {
                few(2, one_waits_two_try::<as_it_is::$lock::$Raw>);
            }

            #[test]
            fn try_lock_admits_no_second_thread() {
                loom::model(both_try::<as_it_is::$lock::$Raw>);
            }

            #[test]
            fn released_with_relaxed_the_write_before_may_not_be_visible() {
                fails(all_add::<relaxed_release::$lock::$Raw>(2));
                fails(both_try::<relaxed_release::$lock::$Raw>);
            }

            #[test]
            fn acquired_with_relaxed_the_write_before_may_not_be_visible() {
                fails(all_add::<relaxed_acquire::$lock::$Raw>(2));
                fails(both_try::<relaxed_acquire::$lock::$Raw>);
            }
        }
    };
}

holds!(spin: spin::RawSpinLock);
holds!(ticket: ticket::RawTicketLock);
holds!(mcs: mcs::RawMcsLock);
holds!(futex: futex_mutex::RawFutexMutex);

#[test]
fn two_threads_that_park_are_never_inside_at_once() {
    few(2, all_add::<as_it_is::futex_mutex::RawFutexMutex>(3));
}

#[test]
fn two_threads_in_the_queue_are_never_inside_at_once() {
    few(2, all_add::<as_it_is::mcs::RawMcsLock>(3));
}

#[test]
fn the_queue_lock_is_joined_with_acquire_and_release() {
    fails(all_add::<release_for_both::mcs::RawMcsLock>(2));
    // A node was linked to that, for all that this thread knows, was still being made.
    fails(all_add::<acquire_for_both::mcs::RawMcsLock>(3));
}

/// Lets two threads acquire a lock twice each, and add 1 each time.
macro_rules! both_acquire_it_twice {
    ($module:ident) => {
        || {
            let lock = loom::sync::Arc::new($module::reentrant::ReentrantLock::new(
                std::cell::Cell::new(0),
            ));
            let twice = |lock: &$module::reentrant::ReentrantLock<std::cell::Cell<u32>>| {
                let outer = lock.lock();
                outer.set(outer.get() + 1);
                let inner = lock.lock();
                inner.set(inner.get() + 1);
                assert_eq!(lock.times(), 2);
            };
            let lock2 = loom::sync::Arc::clone(&lock);
            let other = loom::thread::spawn(move || twice(&lock2));
            twice(&lock);
            other.join().expect("it does not panic");
            assert_eq!(lock.lock().get(), 4);
        }
    };
}

#[test]
fn two_threads_are_never_inside_the_reentrant_lock_at_once() {
    loom::model(both_acquire_it_twice!(as_it_is));
}

#[test]
fn the_reentrant_lock_rests_on_the_orderings_of_its_mutex() {
    // It is the count that is reached by two threads.
    fails(both_acquire_it_twice!(relaxed_release));
    fails(both_acquire_it_twice!(relaxed_acquire));
}
