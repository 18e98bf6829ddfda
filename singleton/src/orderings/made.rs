//! Loom's locks and atomics with a `const fn new`, which they have not: each is made when it is
//! first used.
//!
//! Loom takes the making of an atomic for a write to it, so the thread that spawns the others has
//! to make it: `default` does so at once.

use std::ops::Deref;
use std::sync::{Mutex as First, OnceLock, PoisonError};

use loom::sync as loomed;

/// Something of Loom's, and what it is made from.
#[derive(Debug)]
pub(super) struct Made<F, L> {
    first: First<Option<F>>,
    made: OnceLock<L>,
    make: fn(F) -> L,
}

impl<F, L> Made<F, L> {
    const fn from(first: F, make: fn(F) -> L) -> Self {
        Self { first: First::new(Some(first)), made: OnceLock::new(), make }
    }
}

impl<F, L> Deref for Made<F, L> {
    type Target = L;
    fn deref(&self) -> &L {
        self.made.get_or_init(|| {
            let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
            (self.make)(first.expect("it is made once"))
        })
    }
}

pub(super) type AtomicBool = Made<bool, loomed::atomic::AtomicBool>;
pub(super) type AtomicPtr<T> = Made<std::sync::atomic::AtomicPtr<T>, loomed::atomic::AtomicPtr<T>>;
pub(super) type Condvar = Made<(), loomed::Condvar>;
pub(super) type Mutex<T> = Made<T, loomed::Mutex<T>>;
pub(super) type UnsafeCell<T> = Made<T, loom::cell::UnsafeCell<T>>;

impl AtomicBool {
    pub(super) const fn new(value: bool) -> Self {
        Self::from(value, loomed::atomic::AtomicBool::new)
    }
}

impl<T> AtomicPtr<T> {
    pub(super) const fn new(value: *mut T) -> Self {
        Self::from(std::sync::atomic::AtomicPtr::new(value), |value| {
            loomed::atomic::AtomicPtr::new(value.into_inner())
        })
    }
}

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        let made = Self::new(std::ptr::null_mut());
        let _ = &*made;
        made
    }
}

impl Condvar {
    pub(super) const fn new() -> Self {
        Self::from((), |()| loomed::Condvar::new())
    }
}

impl<T> Mutex<T> {
    pub(super) const fn new(value: T) -> Self {
        Self::from(value, loomed::Mutex::new)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> UnsafeCell<T> {
    pub(super) const fn new(value: T) -> Self {
        Self::from(value, loom::cell::UnsafeCell::new)
    }
}
