//! A value in shared memory under a [robust lock](super::robust_lock): Python's `Value`, or its
//! `Array` if the value is one.
#![expect(unsafe_code, reason = "a value is reached from several processes, one at a time")]

use std::cell::UnsafeCell;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::thread::panicking;

use zerocopy::FromBytes;

use super::Share;
use super::robust_lock::{Acquired, RawRobustLock};

/// Plain old data, which a [`RobustMutex`] can guard. There is nothing to implement.
///
/// Any bytes make a value: a process may be killed when it has written the first half of one. So a
/// `char` or a `bool` is stored as a number. A `struct` derives `FromBytes` of the crate `zerocopy`,
/// which checks it.
pub trait Plain: FromBytes + Copy + Send + 'static {}

impl<T: FromBytes + Copy + Send + 'static> Plain for T {}

/// A mutex around a value that processes share, which outlives its owners.
///
/// ```
/// use process_sharing::shared_memory::{RobustMutex, Shared};
///
/// let four = Shared::<RobustMutex<[i32; 4]>>::new()?;
/// *four.lock().expect("no process has died with it") = [1, 2, 3, 4];
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// ```compile_fail,E0277
/// # use process_sharing::shared_memory::{RobustMutex, Shared};
/// Shared::<RobustMutex<char>>::new(); // A half-written one would be no `char`.
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct RobustMutex<T> {
    lock: RawRobustLock,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, and the lock lets one guard exist at a time, in
// all threads and processes. `Plain` is `Send`, so any thread may be the one.
unsafe impl<T: Plain> Sync for RobustMutex<T> {}

// SAFETY: 0 is a free lock, and any bytes are a value of `Plain`, those of a writer that was killed
// too. `Copy` rules out types with a drop, and cells; `FromBytes` rules out references and pointers.
// The lock works between processes.
unsafe impl<T: Plain> Share for RobustMutex<T> {}

impl<T: Plain> RobustMutex<T> {
    /// Acquires the lock.
    ///
    /// # Errors
    /// An owner has died, or panicked, and no later one has repaired the value. The lock is acquired
    /// all the same.
    ///
    /// # Blocking
    /// As [`RawRobustLock::lock`].
    #[inline]
    pub fn lock(&self) -> Result<Guard<'_, T>, OwnerDied<'_, T>> {
        match self.lock.lock() {
            Acquired::Whole => Ok(self.guard(true)),
            Acquired::OwnerDied(owner) => {
                Err(OwnerDied { pid: owner.map(|owner| owner.pid()), guard: self.guard(false) })
            }
        }
    }

    fn guard(&self, whole: bool) -> Guard<'_, T> {
        Guard { mutex: self, whole, unwound: panicking(), value: PhantomData }
    }
}

/// A guard of the lock. Dropping it releases the lock.
#[derive(Debug)]
pub struct Guard<'a, T: Plain> {
    mutex: &'a RobustMutex<T>,
    whole: bool,
    /// Whether the thread was panicking already when it acquired the lock: then that is no panic in
    /// the critical section.
    unwound: bool,
    /// Makes the guard `Sync` only where a `&T` may go to another thread.
    value: PhantomData<&'a mut T>,
}

impl<T: Plain> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the pointer is that of a field of the borrowed mutex. The lock is held for as long as
        // this guard lives, and there is no other guard, so nothing writes during this `&`.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: Plain> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and the guard is borrowed exclusively, so there is no other reference.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: Plain> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // A panic may leave the value half changed, as a death does.
        self.mutex.lock.unlock(self.whole && (self.unwound || !panicking()));
    }
}

/// A guard over a value whose owner has died while it may have been changing it. Dropped as it is, it
/// leaves the value unrepaired, and the next owner is told as well.
#[derive(Debug)]
pub struct OwnerDied<'a, T: Plain> {
    pid: Option<u32>,
    guard: Guard<'a, T>,
}

impl<'a, T: Plain> OwnerDied<'a, T> {
    /// Returns the PID of the dead owner; `None` if an owner before this one was told and did not
    /// repair the value, or after a panic.
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Repairs the value, and goes on with it.
    pub fn repair(mut self, repair: impl FnOnce(&mut T)) -> Guard<'a, T> {
        repair(&mut self.guard);
        self.guard.whole = true;
        self.guard
    }
}

impl<T: Plain> From<OwnerDied<'_, T>> for io::Error {
    /// Releases the lock, with the value unrepaired.
    fn from(_: OwnerDied<'_, T>) -> Self {
        Self::other("a process died with the lock")
    }
}
