//! The mutual exclusions' own files, compiled against Loom, which reorders what may be reordered:
//! once as they are, and once more with a weaker ordering in the place of each that they need. An
//! x86 keeps stores in order: it cannot show the difference.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A lock that guards nothing yet.
trait Raw: Send + Sync + 'static {
    fn free() -> Self;
    fn take(&self);
    fn try_take(&self) -> bool;
    fn give_back(&self);
}

loom::thread_local! {
    static NUMBER: u64 = {
        static LAST: AtomicU64 = AtomicU64::new(0);
        LAST.fetch_add(1, Relaxed) + 1
    };
}

/// Returns the number of a thread of Loom's, which all are one to the system.
fn thread_number() -> u64 {
    NUMBER.with(|number| *number)
}

/// Compiles the locks' files in a module, under orderings that go by the names given.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        mod $module {
            #![allow(unsafe_code, reason = "each test gives back what it has taken")]

            use loom::{cell, hint, thread};
            use super::thread_number;
            use crate::loomed::const_fn;
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64};
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;)*
                    }
                }
            }
            use crate::loom_word as word;
            const MOST_PAUSES: u32 = 0;

            #[path = "../../src/primitives/back_off.rs"]
            #[allow(dead_code, unreachable_pub, reason = "it is public in the library")]
            mod back_off;
            #[path = "../../src/primitives/futex.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            pub(super) mod futex;
            #[path = "../../src/primitives/mcs.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            pub(super) mod mcs;
            #[path = "../../src/primitives/reentrant.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            pub(super) mod reentrant;
            #[path = "../../src/primitives/spin.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            pub(super) mod spin;
            #[path = "../../src/primitives/ticket.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            pub(super) mod ticket;

            use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32};
            macro_rules! raw {
                ($Lock:path, $free:expr) => {
                    impl super::Raw for $Lock {
                        fn free() -> Self {
                            $free
                        }
                        fn take(&self) {
                            self.lock();
                        }
                        fn try_take(&self) -> bool {
                            self.try_lock()
                        }
                        fn give_back(&self) {
                            // SAFETY: `add` below gives back what it has taken, once.
                            unsafe { self.unlock() }
                        }
                    }
                };
            }
            raw!(spin::RawSpinLock, Self { taken: AtomicBool::new(false) });
            // The last number but one: the count wraps around.
            raw!(ticket::RawTicketLock, Self { next: AtomicU32::new(u32::MAX), serving: AtomicU32::new(u32::MAX) });
            raw!(mcs::RawMcsLock, Self { tail: AtomicPtr::new(std::ptr::null_mut()), next: AtomicPtr::new(std::ptr::null_mut()) });
            raw!(futex::RawFutexMutex, Self { word: word::Word::new(0) });
        }
    };
}

loomed!(as_it_is: Acquire as Acquire, AcqRel as AcqRel, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_release: Acquire as Acquire, AcqRel as AcqRel, Relaxed as Relaxed, Relaxed as Release);
loomed!(relaxed_acquire: Relaxed as Acquire, AcqRel as AcqRel, Relaxed as Relaxed, Release as Release);
loomed!(acquire_for_both: Acquire as Acquire, Acquire as AcqRel, Relaxed as Relaxed, Release as Release);
loomed!(release_for_both: Acquire as Acquire, Release as AcqRel, Relaxed as Relaxed, Release as Release);

/// A value that Loom sees being reached.
struct Guarded<R> {
    raw: R,
    value: loom::cell::UnsafeCell<u32>,
}

// SAFETY: the value is reached between `take` and `give_back` alone; and if these let two in, Loom
// says so and reaches nothing.
#[allow(unsafe_code, reason = "it is the locks that are on trial")]
unsafe impl<R: Raw> Sync for Guarded<R> {}

impl<R: Raw> Guarded<R> {
    fn new() -> loom::sync::Arc<Self> {
        loom::sync::Arc::new(Self { raw: R::free(), value: loom::cell::UnsafeCell::new(0) })
    }

    /// Adds 1 and gives the lock back, which the thread has taken.
    #[allow(unsafe_code, reason = "a closure is handed a pointer")]
    fn add(&self) -> u32 {
        // SAFETY: Loom keeps the cell, and tells of each access that could meet another before it
        // happens.
        let value = self.value.with_mut(|value| unsafe {
            *value += 1;
            *value
        });
        self.raw.give_back();
        value
    }

    fn take_and_add(&self) -> u32 {
        self.raw.take();
        self.add()
    }
}

/// So many threads add 1 to a plain value, each under the lock.
fn all_add<R: Raw>(threads: u32) -> impl Fn() + Send + Sync + 'static {
    move || {
        let guarded = Guarded::<R>::new();
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let guarded = loom::sync::Arc::clone(&guarded);
                loom::thread::spawn(move || guarded.take_and_add())
            })
            .collect();
        guarded.take_and_add();
        others
            .into_iter()
            .for_each(|other| assert_ne!(other.join().expect("it does not panic"), 0));
        assert_eq!(guarded.take_and_add(), threads + 1);
    }
}

/// Two threads add 1 to a plain value, each if it gets the lock.
fn both_try<R: Raw>() {
    let guarded = Guarded::<R>::new();
    let guarded2 = loom::sync::Arc::clone(&guarded);
    let other = loom::thread::spawn(move || guarded2.raw.try_take().then(|| guarded2.add()));
    let mine = guarded.raw.try_take().then(|| guarded.add());
    let theirs = other.join().expect("it does not panic");
    let entered = [mine, theirs].iter().flatten().count();
    assert!(entered > 0, "the first to try is let in");
    assert!(guarded.raw.try_take(), "it is free again");
    assert_eq!(guarded.add() as usize, entered + 1);
}

/// One of three threads waits for the lock, the others try it once. Were there two that spin, Loom
/// could let them look by turns for ever.
fn one_waits_two_try<R: Raw>() {
    let guarded = Guarded::<R>::new();
    let others = [(); 2].map(|()| {
        let guarded = loom::sync::Arc::clone(&guarded);
        loom::thread::spawn(move || guarded.raw.try_take().then(|| guarded.add()))
    });
    guarded.take_and_add();
    let entered =
        others.into_iter().filter_map(|other| other.join().expect("it does not panic")).count();
    assert_eq!(guarded.take_and_add() as usize, entered + 2);
}

/// Says how a model fails under Loom.
fn fails(model: impl Fn() + Send + Sync + 'static) -> String {
    let ended = catch_unwind(AssertUnwindSafe(|| loom::model(model)));
    let payload = ended.expect_err("Loom must find a schedule in which it fails");
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}

/// Runs a model in the schedules of few preemptions, which is what Loom can get to the end of with
/// three threads.
fn with_few_preemptions(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(model);
}

macro_rules! holds {
    ($name:ident: $lock:ident::$Raw:ident) => {
        mod $name {
            use super::*;

            #[test]
            fn loom_finds_no_schedule_in_which_two_are_inside_or_a_write_is_not_seen() {
                loom::model(all_add::<as_it_is::$lock::$Raw>(2));
            }

            #[test]
            fn loom_finds_none_with_three_threads_and_few_preemptions() {
                with_few_preemptions(one_waits_two_try::<as_it_is::$lock::$Raw>);
            }

            #[test]
            fn loom_finds_none_in_which_try_lock_lets_a_second_in() {
                loom::model(both_try::<as_it_is::$lock::$Raw>);
            }

            #[test]
            fn given_back_with_relaxed_the_write_before_may_not_be_seen_and_loom_says_so() {
                for why in [
                    fails(all_add::<relaxed_release::$lock::$Raw>(2)),
                    fails(both_try::<relaxed_release::$lock::$Raw>),
                ] {
                    assert!(why.contains("Causality violation"), "{why}");
                }
            }

            #[test]
            fn taken_with_relaxed_the_write_before_may_not_be_seen_and_loom_says_so() {
                for why in [
                    fails(all_add::<relaxed_acquire::$lock::$Raw>(2)),
                    fails(both_try::<relaxed_acquire::$lock::$Raw>),
                ] {
                    assert!(why.contains("Causality violation"), "{why}");
                }
            }
        }
    };
}

holds!(spin: spin::RawSpinLock);
holds!(ticket: ticket::RawTicketLock);
holds!(mcs: mcs::RawMcsLock);
holds!(futex: futex::RawFutexMutex);

#[test]
fn loom_finds_none_with_two_that_sleep() {
    with_few_preemptions(all_add::<as_it_is::futex::RawFutexMutex>(3));
}

#[test]
fn loom_finds_none_with_two_in_line() {
    with_few_preemptions(all_add::<as_it_is::mcs::RawMcsLock>(3));
}

#[test]
fn the_queue_lock_is_joined_with_acquire_and_release_and_loom_says_why() {
    let why = fails(all_add::<release_for_both::mcs::RawMcsLock>(2));
    assert!(why.contains("Causality violation"), "{why}");
    let why = fails(all_add::<acquire_for_both::mcs::RawMcsLock>(3));
    // A place was linked to that, for all that this thread knows, was still being made.
    assert!(why.contains("Causality violation"), "{why}");
}

#[test]
fn who_gives_up_when_the_time_is_over_leaves_the_mutex_as_it_was() {
    use as_it_is::futex::RawFutexMutex;
    loom::model(|| {
        let guarded = Guarded::<RawFutexMutex>::new();
        let guarded2 = loom::sync::Arc::clone(&guarded);
        let hurried = loom::thread::spawn(move || {
            guarded2.raw.try_lock_until(std::time::Instant::now()).then(|| guarded2.add())
        });
        guarded.take_and_add();
        let entered = hurried.join().expect("it does not panic");
        assert_eq!(guarded.take_and_add(), if entered.is_some() { 3 } else { 2 });
    });
}

/// Two threads take a lock twice each, and add 1 each time.
macro_rules! two_take_it_twice {
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
fn loom_finds_no_schedule_in_which_two_threads_are_inside_the_reentrant_lock() {
    loom::model(two_take_it_twice!(as_it_is));
}

#[test]
fn the_reentrant_lock_rests_on_the_orderings_of_its_mutex_and_loom_says_so() {
    // It is the count that is reached by two threads.
    for why in
        [fails(two_take_it_twice!(relaxed_release)), fails(two_take_it_twice!(relaxed_acquire))]
    {
        assert!(why.contains("Causality violation"), "{why}");
    }
}
