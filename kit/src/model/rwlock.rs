//! A readers-writer lock for models.

use std::fmt;
use std::ops::{Deref, DerefMut};

use shuttle::sync;
use shuttle::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::mutex::wrapped;
use super::notes::{self, How, Needs, Object, Shared};

/// [`std::sync::RwLock`] for models. Which thread acquires it next is not laid down: each order is
/// one of the schedules.
pub struct RwLock<T: ?Sized> {
    object: Shared,
    inner: sync::RwLock<T>,
}

impl<T> RwLock<T> {
    /// Makes a lock that nobody holds.
    pub const fn new(value: T) -> Self {
        Self { object: Shared::new(), inner: sync::RwLock::new(value) }
    }

    /// Returns the value of a lock that nobody can hold any more.
    ///
    /// # Errors
    /// It is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

macro_rules! side {
    ($guard:ident, $acquire:ident, $try_acquire:ident, $how:ident, $release:ident, $free:ident, $tried:ident) => {
        /// The guard of one side of [`RwLock`].
        pub struct $guard<'a, T: ?Sized> {
            object: Object,
            inner: Option<sync::$guard<'a, T>>,
        }

        impl<T: ?Sized> RwLock<T> {
            /// Acquires the lock, as std's does.
            ///
            /// # Errors
            /// It is poisoned.
            #[track_caller]
            pub fn $acquire(&self) -> LockResult<$guard<'_, T>> {
                let touches = vec![(self.object.object(), How::$how)];
                let needs = Needs::$free(self.object.object());
                let acquired =
                    notes::step("acquires", touches, needs, || self.inner.$acquire(), |_| None);
                wrapped(acquired, |inner| $guard::of(self.object.object(), inner))
            }

            /// Acquires the lock if that is possible at once, as std's does.
            ///
            /// # Errors
            /// It is held, or poisoned.
            #[track_caller]
            pub fn $try_acquire(&self) -> TryLockResult<$guard<'_, T>> {
                let touches = vec![(self.object.object(), How::$tried)];
                let refused = vec![(self.object.object(), How::Read)];
                let run = || self.inner.$try_acquire();
                let tried =
                    notes::step("tries to acquire", touches, Needs::Nothing, run, |tried| {
                        matches!(tried, Err(TryLockError::WouldBlock)).then_some(refused)
                    });
                match tried {
                    Ok(inner) => Ok($guard::of(self.object.object(), inner)),
                    Err(TryLockError::Poisoned(poisoned)) => Err(TryLockError::Poisoned(
                        PoisonError::new($guard::of(self.object.object(), poisoned.into_inner())),
                    )),
                    Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
                }
            }
        }

        impl<'a, T: ?Sized> $guard<'a, T> {
            fn of(object: Object, inner: sync::$guard<'a, T>) -> Self {
                notes::hold(object, How::$how);
                Self { object, inner: Some(inner) }
            }
        }

        impl<T: ?Sized> Deref for $guard<'_, T> {
            type Target = T;
            fn deref(&self) -> &T {
                self.inner.as_ref().expect("it is there until it is dropped")
            }
        }

        impl<T: ?Sized> Drop for $guard<'_, T> {
            #[track_caller]
            fn drop(&mut self) {
                let inner = self.inner.take();
                let touches = vec![(self.object, How::$release)];
                notes::step("releases", touches, Needs::Nothing, || drop(inner), |()| None);
                notes::hold(self.object, How::$release);
            }
        }

        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    };
}

side!(RwLockReadGuard, read, try_read, AcquireShared, ReleaseShared, NotAlone, Write);
side!(RwLockWriteGuard, write, try_write, Acquire, Release, Free, Write);

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("it is there until it is dropped")
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
