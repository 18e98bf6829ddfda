//! A mutex on Loom's atomics, with what it promises and no more: an acquire operation when it is
//! acquired, a release operation when it is released.
//!
//! Loom's own mutex does not do here: where another thread acquires it first, its `try_lock` blocks in
//! place of failing.

use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, TryLockResult};
pub(super) use std::sync::{PoisonError, TryLockError};

use loom::sync::atomic::{AtomicBool, Ordering};
pub(super) use loom::sync::{Arc, atomic};

#[derive(Debug)]
pub(super) struct Mutex<T> {
    taken: AtomicBool,
    /// Never contended: only the thread that has set `taken` gets here.
    value: std::sync::Mutex<T>,
}

#[derive(Debug)]
pub(super) struct MutexGuard<'a, T> {
    taken: &'a AtomicBool,
    value: Option<std::sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    pub(super) fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: std::sync::Mutex::new(value) }
    }

    pub(super) fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => Ok(MutexGuard { taken: &self.taken, value: self.value.lock().ok() }),
            Err(_) => Err(TryLockError::WouldBlock),
        }
    }

    /// Spins: a thread that would wait for ever makes Loom give up and fail.
    pub(super) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        loop {
            if let Ok(guard) = self.try_lock() {
                return Ok(guard);
            }
            loom::thread::yield_now();
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        self.taken.store(false, Ordering::Release);
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.value.as_ref().expect("it is there until the guard is dropped")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("it is there until the guard is dropped")
    }
}
