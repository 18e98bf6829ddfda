//! A mutex and a condition variable for models.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use shuttle::sync;
use shuttle::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::notes::{self, How, Needs, Object, Shared};

/// [`std::sync::Mutex`] for models.
pub struct Mutex<T: ?Sized> {
    object: Shared,
    inner: sync::Mutex<T>,
}

/// [`std::sync::MutexGuard`] for models.
pub struct MutexGuard<'a, T: ?Sized> {
    object: Object,
    /// There until it is dropped, or lent to a condition variable.
    inner: Option<sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    /// Makes a mutex that nobody holds.
    pub const fn new(value: T) -> Self {
        Self { object: Shared::new(), inner: sync::Mutex::new(value) }
    }

    /// Returns the value of a mutex that nobody can hold any more.
    ///
    /// # Errors
    /// It is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Acquires the lock, as [`std::sync::Mutex::lock`] does.
    ///
    /// # Errors
    /// It is poisoned.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let touches = vec![(self.object.object(), How::Acquire)];
        let acquired = notes::step(
            "acquires",
            touches,
            Needs::Free(self.object.object()),
            || self.inner.lock(),
            |_| None,
        );
        wrapped(acquired, |guard| self.guard(guard))
    }

    /// Acquires the lock if nobody holds it, as [`std::sync::Mutex::try_lock`] does.
    ///
    /// # Errors
    /// It is held, or poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let touches = vec![(self.object.object(), How::Write)];
        let refused = vec![(self.object.object(), How::Read)];
        let tried = notes::step(
            "tries to acquire",
            touches,
            Needs::Nothing,
            || self.inner.try_lock(),
            |tried| matches!(tried, Err(TryLockError::WouldBlock)).then_some(refused),
        );
        match tried {
            Ok(guard) => Ok(self.guard(guard)),
            Err(TryLockError::Poisoned(guard)) => {
                Err(TryLockError::Poisoned(PoisonError::new(self.guard(guard.into_inner()))))
            }
            Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
        }
    }

    /// Returns the value, which nobody else can reach.
    ///
    /// # Errors
    /// It is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    /// Makes a poisoned mutex whole again.
    pub fn clear_poison(&self) {
        self.inner.clear_poison();
    }

    fn guard<'a>(&'a self, inner: sync::MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        notes::hold(self.object.object(), How::Acquire);
        MutexGuard { object: self.object.object(), inner: Some(inner) }
    }
}

/// Wraps what is in a result of a lock, poisoned or not.
pub(super) fn wrapped<A, B>(result: LockResult<A>, wrap: impl FnOnce(A) -> B) -> LockResult<B> {
    match result {
        Ok(inner) => Ok(wrap(inner)),
        Err(poisoned) => Err(PoisonError::new(wrap(poisoned.into_inner()))),
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.inner.as_ref().expect("it is there until it is dropped")
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("it is there until it is dropped")
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[track_caller]
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        let touches = vec![(self.object, How::Release)];
        notes::step("releases", touches, Needs::Nothing, || drop(inner), |()| None);
        notes::hold(self.object, How::Release);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// [`std::sync::Condvar`] for models. It has no spurious wake-ups, and its waits no timeouts: a
/// wait for a while may end at once.
#[derive(Debug)]
pub struct Condvar {
    object: Shared,
    inner: sync::Condvar,
}

pub use shuttle::sync::WaitTimeoutResult;

impl Condvar {
    /// Makes a condition variable that nobody waits for.
    pub const fn new() -> Self {
        Self { object: Shared::new(), inner: sync::Condvar::new() }
    }

    #[track_caller]
    fn waiting<'a, T, R>(
        &self,
        mut guard: MutexGuard<'a, T>,
        wait: impl FnOnce(sync::MutexGuard<'a, T>) -> R,
    ) -> (Object, R) {
        let lock = guard.object;
        let inner = guard.inner.take().expect("it is there until it is dropped");
        let touches = vec![(self.object.object(), How::Write), (lock, How::Release)];
        let waited =
            notes::step("waits", touches, Needs::FreeAgain(lock), || wait(inner), |_| None);
        notes::hold(lock, How::Acquire);
        (lock, waited)
    }

    /// Waits for a notification, as [`std::sync::Condvar::wait`] does.
    ///
    /// # Errors
    /// The mutex is poisoned.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let (object, waited) = self.waiting(guard, |guard| self.inner.wait(guard));
        wrapped(waited, |inner| MutexGuard { object, inner: Some(inner) })
    }

    /// Waits while a condition holds, as [`std::sync::Condvar::wait_while`] does.
    ///
    /// # Errors
    /// The mutex is poisoned.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits for a notification; a model has no time, so it is never over.
    ///
    /// # Errors
    /// The mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (object, waited) = self.waiting(guard, |guard| self.inner.wait_timeout(guard, timeout));
        wrapped(waited, |(inner, result)| (MutexGuard { object, inner: Some(inner) }, result))
    }

    /// Wakes one of those that wait.
    #[track_caller]
    pub fn notify_one(&self) {
        let touches = vec![(self.object.object(), How::Write)];
        notes::step("notifies one", touches, Needs::Nothing, || self.inner.notify_one(), |()| None);
    }

    /// Wakes all of those that wait.
    #[track_caller]
    pub fn notify_all(&self) {
        let touches = vec![(self.object.object(), How::Write)];
        notes::step("notifies all", touches, Needs::Nothing, || self.inner.notify_all(), |()| None);
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}
