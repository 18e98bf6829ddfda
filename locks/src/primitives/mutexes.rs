//! The raw locks as `lock_api` wants them; and what it makes of them, mutexes with guards that can
//! stand in for `parking_lot`'s.
//!
//! Any thread may release these locks, so their guards may be sent (`GuardSend`). They may be
//! shared as a `&mut T` may: what [`SpinLock`] says of both is true of all.
#![expect(unsafe_code, reason = "lock_api relies on what a raw lock promises")]

use std::ptr;

use lock_api::{GuardSend, Mutex, MutexGuard, RawMutex};

use super::back_off::BackOff;
use super::futex_mutex::RawFutexMutex;
use super::mcs::RawMcsLock;
use super::spin::RawSpinLock;
use super::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64};
use super::ticket::RawTicketLock;
use super::word::Word;

/// A mutex whose waiters spin.
///
/// ```
/// use locks::real::primitives::SpinLock;
///
/// let sum = SpinLock::new(0);
/// std::thread::scope(|scope| {
///     scope.spawn(|| *sum.lock() += 1);
///     scope.spawn(|| *sum.lock() += 1);
/// });
/// assert_eq!(sum.into_inner(), 2);
/// ```
///
/// It may be shared between threads if its value may be *sent* between them: one thread at a time
/// has it. Its guard may be sent to another thread, and shared if the value may be shared.
pub type SpinLock<T> = Mutex<RawSpinLock, T>;

/// A FIFO mutex whose waiters draw a number, and spin until it is served.
pub type TicketLock<T> = Mutex<RawTicketLock, T>;

/// A FIFO mutex whose waiters queue, and spin on a cell of their own.
pub type McsLock<T> = Mutex<RawMcsLock, T>;

/// A mutex whose waiters park.
///
/// ```
/// let sum = locks::real::primitives::FutexMutex::new(1);
/// let held = sum.lock();
/// assert!(sum.try_lock().is_none());
/// drop(held);
/// assert_eq!(sum.into_inner(), 1);
/// ```
pub type FutexMutex<T> = Mutex<RawFutexMutex, T>;

/// The end of a FIFO lock's queue, seen from outside.
///
/// ```
/// use locks::real::primitives::{QueueTail, TicketLock};
///
/// let lock = TicketLock::new(());
/// let before = lock.tail();
/// let _held = lock.lock();
/// assert_ne!(lock.tail(), before);
/// ```
pub trait QueueTail {
    /// Returns a number that changes when a thread joins, and which no other thread has that still is
    /// in the queue, or inside.
    fn tail(&self) -> usize;
}

macro_rules! queue_tail {
    ($($Lock:ident),*) => {$(
        impl<T> QueueTail for $Lock<T> {
            fn tail(&self) -> usize {
                // SAFETY: the raw lock must not be released by way of this reference: it is read.
                unsafe { self.raw() }.tail()
            }
        }
    )*};
}

queue_tail!(TicketLock, McsLock);

macro_rules! raw_mutex {
    ($Raw:ident, $free:expr) => {
        // SAFETY: `lock` must return, and `try_lock` return `Some`, only to one thread at a time
        // until `unlock`. In each lock, one atomic step changes it from free to taken (the
        // compare-and-swap of `try_lock`, or a waiter's swap; the draw of a number that no other
        // thread has; the hand-over to one node), only one thread can win that step, and only
        // `unlock` changes it back.
        unsafe impl RawMutex for $Raw {
            const INIT: Self = $free;
            type Guard = GuardSend;

            #[inline]
            fn lock(&self) -> GuardSend {
                $Raw::lock(self);
                GuardSend::new()
            }

            #[inline]
            fn try_lock(&self) -> Option<GuardSend> {
                $Raw::try_lock(self).then(GuardSend::new)
            }

            #[inline]
            unsafe fn unlock(&self, _: GuardSend) {
                // SAFETY: the lock must be held. The caller promises it, and the guard that it
                // passes was made by `lock` or `try_lock`.
                unsafe { $Raw::unlock(self) }
            }

            #[inline]
            fn is_locked(&self) -> bool {
                $Raw::is_locked(self)
            }
        }
    };
}

raw_mutex!(RawSpinLock, Self { taken: AtomicBool::new(false) });
raw_mutex!(RawTicketLock, Self { next: AtomicU64::new(0), serving: AtomicU64::new(0) });
raw_mutex!(
    RawMcsLock,
    Self { tail: AtomicPtr::new(ptr::null_mut()), next: AtomicPtr::new(ptr::null_mut()) }
);
raw_mutex!(RawFutexMutex, Self { word: Word::new(0) });

/// Acquires a lock, in whose queue the thread comes late: it backs off for a while, and joins the
/// queue only if the lock has not been free by then.
///
/// A FIFO lock that is handed over costs a transfer of cache lines each time. Here the holder has
/// several turns in a row meanwhile. The price is a promise: a thread that has not joined is
/// overtaken; one that has is not.
///
/// ```
/// use locks::real::primitives::{McsLock, lock_late};
///
/// let sum = McsLock::new(1);
/// *lock_late(&sum) += 1;
/// assert_eq!(*sum.lock(), 2);
/// ```
#[inline]
pub fn lock_late<R: RawMutex, T>(lock: &Mutex<R, T>) -> MutexGuard<'_, R, T> {
    lock.try_lock().unwrap_or_else(|| wait_before_the_queue(lock))
}

#[cold]
fn wait_before_the_queue<R: RawMutex, T>(lock: &Mutex<R, T>) -> MutexGuard<'_, R, T> {
    let mut acquired = None;
    BackOff::spin_until(|| {
        acquired = (!lock.is_locked()).then(|| lock.try_lock()).flatten();
        acquired.is_some()
    });
    acquired.unwrap_or_else(|| lock.lock())
}
