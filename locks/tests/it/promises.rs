//! The promises of every hand-made type of the topic.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::thread::{scope, yield_now};
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use locks::mutex::TimedMutex;
use locks::real::from_condvar;
use locks::real::primitives::barrier::Barrier;
use locks::real::primitives::condvar::Condvar;
use locks::real::primitives::event::{AutoEvent, Event};
use locks::real::primitives::futex_mutex::RawFutexMutex;
use locks::real::primitives::latch::Latch;
use locks::real::primitives::mcs::RawMcsLock;
use locks::real::primitives::reentrant::{ReentrantGuard, ReentrantLock};
use locks::real::primitives::rwlock::RawRwLock;
use locks::real::primitives::rwlocks::{RwLock, ShardedRwLock};
use locks::real::primitives::semaphore::{Permit, Semaphore};
use locks::real::primitives::spin::RawSpinLock;
use locks::real::primitives::ticket::RawTicketLock;
use locks::real::primitives::{FutexMutex, McsLock, SpinLock, TicketLock};
use locks::real::word::Word;

// Each can stand in a static: `new` is a constant, as std's is where std has one.
static SPIN: SpinLock<u32> = SpinLock::new(0);
static TICKET: TicketLock<u32> = TicketLock::new(0);
static MCS: McsLock<u32> = McsLock::new(0);
static FUTEX: FutexMutex<u32> = FutexMutex::new(0);
static RW: RwLock<u32> = RwLock::new(0);
static SHARDED: ShardedRwLock<u32> = ShardedRwLock::new(0);
static REENTRANT: ReentrantLock<Cell<u32>> = ReentrantLock::new(Cell::new(0));
static TIMED: TimedMutex = TimedMutex::new();
static CONDVAR: Condvar = Condvar::new();
static SEMAPHORE: Semaphore = Semaphore::bounded(1);
static EVENT: Event = Event::new();
static AUTO_EVENT: AutoEvent = AutoEvent::new();
static LATCH: Latch = Latch::new(1);
static BARRIER: Barrier = Barrier::new(1);
static WORD: Word = Word::new(0);
static FROM_CONDVAR: (from_condvar::Semaphore, from_condvar::RwLock, from_condvar::Latch) =
    (from_condvar::Semaphore::new(1), from_condvar::RwLock::new(), from_condvar::Latch::new(1));

/// Uses each of them, on whichever thread.
fn use_all() {
    *SPIN.lock() += 1;
    *TICKET.lock() += 1;
    *MCS.lock() += 1;
    *FUTEX.lock() += 1;
    *RW.write() += 1;
    drop(RW.read());
    *SHARDED.write() += 1;
    drop(SHARDED.read());
    assert!(SHARDED.try_read().is_some());
    let outer = REENTRANT.lock();
    let inner = REENTRANT.lock();
    inner.set(outer.get() + 1);
    assert_eq!(REENTRANT.times(), 2);
    drop((outer, inner));
    assert!(TIMED.try_lock_for(Duration::MAX).is_some());
    CONDVAR.wait_while(&mut FUTEX.lock(), |_| false);
    CONDVAR.notify_all();
    drop(SEMAPHORE.enter());
    EVENT.set();
    EVENT.wait();
    AUTO_EVENT.set();
    AUTO_EVENT.wait();
    LATCH.count_down();
    LATCH.wait();
    assert!(BARRIER.wait());
    WORD.wait(1);
    let (semaphore, rwlock, latch) = &FROM_CONDVAR;
    semaphore.acquire();
    semaphore.release();
    rwlock.write();
    rwlock.leave_as_writer();
    rwlock.read();
    rwlock.leave();
    latch.count_down();
    latch.wait();
}

/// A value that must not be printed.
struct Secret;

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value")
    }
}

/// Returns what `{:?}` shows of a lock that another thread holds.
fn shown_while_held<L: fmt::Debug + Sync, G>(lock: L, hold: impl Fn(&L) -> G) -> String {
    let _held = hold(&lock);
    scope(|scope| scope.spawn(|| format!("{lock:?}")).join().expect("it prints a lock"))
}

checks::within_a_minute! {
    #[test]
    fn debug_shows_no_value_that_another_thread_holds_and_does_not_block() {
        macro_rules! shown {
            ($($Lock:ident.$lock:ident),*) => { [$({
                // No guard outlives the closure: the lock is held for good.
                let hold = |lock: &$Lock<Secret>| std::mem::forget(lock.$lock());
                shown_while_held($Lock::new(Secret), hold)
            }),*] };
        }
        let shown = shown!(
            SpinLock.lock, TicketLock.lock, McsLock.lock, FutexMutex.lock, ReentrantLock.lock,
            RwLock.write, ShardedRwLock.write
        );
        for shown in shown {
            assert!(shown.contains("<locked>") && !shown.contains("the value"), "{shown}");
        }
        let timed = TimedMutex::new();
        let held = timed.try_lock_for(Duration::ZERO);
        assert!(!format!("{timed:?} {held:?}").is_empty());
    }

    #[test]
    fn a_value_whose_debug_panics_leaves_its_lock_free() {
        struct Loud;
        impl fmt::Debug for Loud {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                resume_unwind(Box::new("loud"))
            }
        }
        let lock = ReentrantLock::new(Loud);
        assert!(catch_unwind(AssertUnwindSafe(|| format!("{lock:?}"))).is_err());
        assert_eq!(lock.times(), 0);
    }

    #[test]
    fn each_serves_a_thread_whose_locals_are_destroyed() {
        while_thread_locals_are_destroyed(use_all, use_all).expect("none of them panics");
    }

    #[test]
    fn a_reentrant_lock_knows_its_holder_while_thread_locals_are_destroyed() {
        static LOCK: ReentrantLock<()> = ReentrantLock::new(());
        let times = while_thread_locals_are_destroyed(
            || std::mem::forget(LOCK.lock()),
            || {
                let _again = LOCK.lock();
                LOCK.times()
            },
        );
        assert_eq!(times.expect("it does not panic"), 2);
    }

    #[test]
    fn the_longest_timeout_is_no_limit_and_a_timeout_of_zero_is_over_at_once() {
        let (lock, (comes, come)) = (TimedMutex::new(), channel());
        let held = lock.try_lock_for(Duration::ZERO);
        assert!(held.is_some() && lock.try_lock_for(Duration::ZERO).is_none());
        scope(|scope| {
            let waiter = scope.spawn(|| {
                comes.send(()).expect("the test waits for it");
                lock.try_lock_for(Duration::MAX).is_some()
            });
            come.recv().expect("it comes");
            yield_now();
            drop(held);
            assert!(waiter.join().expect("it does not panic"));
        });
    }

    #[test]
    fn a_panic_under_a_lock_or_in_a_condition_leaves_it_whole() {
        macro_rules! free_after_a_panic {
            ($($Lock:ident.$lock:ident.$try:ident),*) => { $({
                let lock = $Lock::new(0);
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    let _guard = lock.$lock();
                    resume_unwind(Box::new("under the lock"))
                }));
                assert!(ended.map(|never: ()| never).is_err());
                assert!(lock.$try().is_some(), stringify!($Lock));
            })* };
        }
        free_after_a_panic!(
            SpinLock.lock.try_lock, TicketLock.lock.try_lock, McsLock.lock.try_lock,
            FutexMutex.lock.try_lock, ReentrantLock.lock.try_lock, RwLock.write.try_write,
            RwLock.read.try_write, ShardedRwLock.write.try_write, ShardedRwLock.read.try_write
        );
        let (timed, semaphore) = (TimedMutex::new(), Semaphore::bounded(1));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let _held = (timed.try_lock_for(Duration::ZERO), semaphore.enter());
            resume_unwind(Box::new("with both"))
        }));
        assert!(ended.map(|never: ()| never).is_err());
        assert!(timed.try_lock_for(Duration::ZERO).is_some() && semaphore.try_acquire());
        let (mutex, condvar) = (FutexMutex::new(0), Condvar::new());
        let ended = catch_unwind(AssertUnwindSafe(|| {
            condvar.wait_while(&mut mutex.lock(), |_| resume_unwind(Box::new("in the condition")));
        }));
        assert!(ended.is_err() && mutex.try_lock().is_some());
    }
}

checks::is_not! {
    // A lock lets its value be reached on each thread, one at a time.
    SpinLock<Rc<()>>: Sync, TicketLock<Rc<()>>: Sync, McsLock<Rc<()>>: Sync,
    FutexMutex<Rc<()>>: Sync, ReentrantLock<Rc<()>>: Sync, ReentrantLock<Rc<()>>: Send,
    // Readers reach it at the same time.
    RwLock<Cell<u8>>: Sync, ShardedRwLock<Cell<u8>>: Sync, RwLock<Rc<()>>: Sync,
    // A guard is a reference to its value; and a reentrant one is its thread's.
    lock_api::MutexGuard<'static, RawSpinLock, Cell<u8>>: Sync,
    lock_api::MutexGuard<'static, RawTicketLock, Cell<u8>>: Sync,
    lock_api::MutexGuard<'static, RawMcsLock, Cell<u8>>: Sync,
    lock_api::MutexGuard<'static, RawFutexMutex, Cell<u8>>: Sync,
    lock_api::MutexGuard<'static, RawFutexMutex, Rc<()>>: Send,
    lock_api::RwLockReadGuard<'static, RawRwLock, Cell<u8>>: Sync,
    lock_api::RwLockReadGuard<'static, RawRwLock, Cell<u8>>: Send,
    lock_api::RwLockWriteGuard<'static, RawRwLock, Cell<u8>>: Sync,
    ReentrantGuard<'static, u8>: Send, ReentrantGuard<'static, u8>: Sync,
}

#[test]
fn what_may_be_sent_and_shared_can_be() {
    fn both<T: Send + Sync>() {}
    both::<SpinLock<Cell<u8>>>();
    both::<TicketLock<Cell<u8>>>();
    both::<McsLock<Cell<u8>>>();
    both::<FutexMutex<Cell<u8>>>();
    both::<ReentrantLock<Cell<u8>>>();
    both::<RwLock<u8>>();
    both::<ShardedRwLock<u8>>();
    both::<(Condvar, Semaphore, Event, AutoEvent, Latch, Barrier, TimedMutex, Word)>();
    both::<Permit<'_>>();
    both::<lock_api::MutexGuard<'_, RawFutexMutex, u8>>();
}
