//! A value in shared memory under a [robust lock](crate::real::robust): what Python calls a
//! `Value`, or an `Array` if the value is one.
#![expect(unsafe_code, reason = "a value is reached from several processes, one at a time")]

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::thread::panicking;

use zerocopy::FromBytes;

use crate::memory::Share;
use crate::real::robust::{Entry, RawRobustLock};

/// What may lie under the lock: plain old data. There is nothing to implement.
///
/// Whatever bytes there are make a value: a process may be killed when it has written the first
/// half of one. So a `char` or a `bool` has to be there as a number. A `struct` says it by
/// `#[derive(FromBytes)]` of the crate `zerocopy`, which checks it.
pub trait Plain: FromBytes + Copy + Send + 'static {}

impl<T: FromBytes + Copy + Send + 'static> Plain for T {}

/// Guards a value that processes share.
///
/// ```
/// use process_sharing::memory::Shared;
/// use process_sharing::robust_mutex::RobustMutex;
///
/// let four = Shared::<RobustMutex<[i32; 4]>>::new()?;
/// *four.lock().expect("nobody died with it") = [1, 2, 3, 4];
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// ```compile_fail,E0277
/// # use process_sharing::{memory::Shared, robust_mutex::RobustMutex};
/// Shared::<RobustMutex<char>>::new(); // A half-written one would be no `char`.
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct RobustMutex<T> {
    lock: RawRobustLock,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached by one guard at a time, whoever has it.
unsafe impl<T: Plain> Sync for RobustMutex<T> {}

// SAFETY: 0 is a free lock, and any bytes are a value of `Plain`, half-written ones too. `Copy`
// rules out what needs a drop, and cells; `FromBytes`, references and pointers. The lock knows
// processes.
unsafe impl<T: Plain> Share for RobustMutex<T> {}

impl<T: Plain> RobustMutex<T> {
    /// Takes the lock.
    ///
    /// # Errors
    /// A process died with it, or panicked, and nobody has repaired the value since. The lock is
    /// taken all the same.
    ///
    /// # Blocking
    /// As [`RawRobustLock::lock`].
    #[inline]
    pub fn lock(&self) -> Result<Guard<'_, T>, OwnerDied<'_, T>> {
        match self.lock.lock() {
            Entry::Whole => Ok(self.guard(true)),
            Entry::OwnerDied(owner) => {
                Err(OwnerDied { pid: owner.map(|owner| owner.pid()), guard: self.guard(false) })
            }
        }
    }

    fn guard(&self, whole: bool) -> Guard<'_, T> {
        Guard { mutex: self, whole, unwound: panicking(), value: PhantomData }
    }
}

/// Has the lock. Dropping it gives the lock back.
#[derive(Debug)]
pub struct Guard<'a, T: Plain> {
    mutex: &'a RobustMutex<T>,
    whole: bool,
    /// Whether the thread was panicking already when it took the lock: then that is no panic with
    /// the lock.
    unwound: bool,
    /// It is shared by threads where a `&T` may be.
    value: PhantomData<&'a mut T>,
}

impl<T: Plain> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the lock is taken, and this is its one guard.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: Plain> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and the guard is borrowed for as long.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: Plain> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // A panic leaves the value as far as it got, as a death does.
        self.mutex.lock.unlock(self.whole && (self.unwound || !panicking()));
    }
}

/// Has the lock as well, over a value that someone died in the middle of changing. Dropped as it
/// is, it leaves the next one to be told.
#[derive(Debug)]
pub struct OwnerDied<'a, T: Plain> {
    pid: Option<u32>,
    guard: Guard<'a, T>,
}

impl<'a, T: Plain> OwnerDied<'a, T> {
    /// Returns who died; `None` if someone else was told before, and did not repair the value, or
    /// if it was a panic.
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Goes on with the value, after having made it whole.
    pub fn repair(mut self, make_whole: impl FnOnce(&mut T)) -> Guard<'a, T> {
        make_whole(&mut self.guard);
        self.guard.whole = true;
        self.guard
    }
}
