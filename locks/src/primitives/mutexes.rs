//! The raw locks as `lock_api` wants them; and what it makes of them, mutexes with guards that can
//! stand in for `parking_lot`'s.
//!
//! Any thread may give these locks back, so their guards may be sent (`GuardSend`). They may be
//! shared as a `&mut T` may.
#![expect(unsafe_code, reason = "lock_api relies on what a raw lock promises")]

use std::ptr;
use std::time::{Duration, Instant};

use lock_api::{GuardSend, Mutex, RawMutex, RawMutexTimed};

use super::futex_mutex::RawFutexMutex;
use super::mcs::RawMcsLock;
use super::spin::RawSpinLock;
use super::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32};
use super::ticket::RawTicketLock;
use super::word::Word;

/// Guards a value; who waits for it spins.
///
/// It may be shared between threads if its value may be *sent* between them: the lock lets one at a
/// time have it.
///
/// ```compile_fail,E0277
/// use locks::real::primitives::SpinLock;
///
/// // An Rc's count is not atomic: it must not be reached from two threads, not even by turns.
/// let shared = SpinLock::new(std::rc::Rc::new(0));
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(shared.lock().clone()));
/// });
/// ```
///
/// Its guard may be sent to another thread. It may be shared if the value may be, and no more:
///
/// ```compile_fail,E0277
/// use locks::real::primitives::SpinLock;
///
/// let lock = SpinLock::new(std::cell::Cell::new(0));
/// let guard = lock.lock();
/// std::thread::scope(|scope| {
///     scope.spawn(|| guard.set(1));
///     scope.spawn(|| guard.set(2));
/// });
/// ```
pub type SpinLock<T> = Mutex<RawSpinLock, T>;

/// Guards a value; who waits for it draws a number, and spins until it is served.
///
/// It is shared, and its guard is sent and shared, as for [`SpinLock`].
///
/// ```compile_fail,E0277
/// use locks::real::primitives::TicketLock;
///
/// let shared = TicketLock::new(std::rc::Rc::new(0));
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(shared.lock().clone()));
/// });
/// ```
pub type TicketLock<T> = Mutex<RawTicketLock, T>;

/// Guards a value; who waits for it stands in line, and spins on a cell of its own.
///
/// It is shared, and its guard is sent and shared, as for [`SpinLock`].
///
/// ```compile_fail,E0277
/// use locks::real::primitives::McsLock;
///
/// let shared = McsLock::new(std::rc::Rc::new(0));
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(shared.lock().clone()));
/// });
/// ```
pub type McsLock<T> = Mutex<RawMcsLock, T>;

/// Guards a value; who waits for it sleeps.
///
/// It is shared, and its guard is sent and shared, as for [`SpinLock`].
///
/// ```compile_fail,E0277
/// use locks::real::primitives::FutexMutex;
///
/// let shared = FutexMutex::new(std::rc::Rc::new(0));
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(shared.lock().clone()));
/// });
/// ```
pub type FutexMutex<T> = Mutex<RawFutexMutex, T>;

/// Tells who is last in a fair lock's line.
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
    /// Returns what tells the last that has joined, or is inside, from all others who still are:
    /// another number says that someone has joined.
    fn tail(&self) -> usize;
}

impl<T> QueueTail for TicketLock<T> {
    fn tail(&self) -> usize {
        // SAFETY: the raw lock must not be given back by way of this: it is looked at only.
        unsafe { self.raw() }.tail()
    }
}

impl<T> QueueTail for McsLock<T> {
    fn tail(&self) -> usize {
        // SAFETY: as above.
        unsafe { self.raw() }.tail()
    }
}

/// Hands on to the methods of the same names.
macro_rules! raw_mutex {
    ($Raw:ident, $free:expr) => {
        // SAFETY: `lock` has to come back, and `try_lock` to say yes, only to one at a time until
        // `unlock`. That is what each of these files argues, and what the tests, Loom's among them,
        // look for.
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
                // SAFETY: the same is asked of our caller: the lock has been taken, as its guard
                // shows, and not given back.
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
raw_mutex!(RawTicketLock, Self { next: AtomicU32::new(0), serving: AtomicU32::new(0) });
raw_mutex!(
    RawMcsLock,
    Self { tail: AtomicPtr::new(ptr::null_mut()), next: AtomicPtr::new(ptr::null_mut()) }
);
raw_mutex!(RawFutexMutex, Self { word: Word::new(0) });

// SAFETY: as above: a yes in time is a yes of `try_lock`.
unsafe impl RawMutexTimed for RawFutexMutex {
    type Duration = Duration;
    type Instant = Instant;

    #[inline]
    fn try_lock_for(&self, timeout: Duration) -> Option<GuardSend> {
        // The clock is read only by who has to wait; a time that it has no room for is as good as
        // none.
        if RawFutexMutex::try_lock(self) {
            return Some(GuardSend::new());
        }
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            return Some(RawMutex::lock(self));
        };
        RawMutexTimed::try_lock_until(self, deadline)
    }

    #[inline]
    fn try_lock_until(&self, deadline: Instant) -> Option<GuardSend> {
        RawFutexMutex::try_lock_until(self, deadline).then(GuardSend::new)
    }
}
