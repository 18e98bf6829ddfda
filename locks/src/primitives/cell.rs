//! std's `UnsafeCell` with the interface of Loom's, which passes the pointer to a closure.
//!
//! Loom sees where such a closure begins and ends, and so whether two accesses could meet. A lock
//! that is written against this interface compiles on either.

/// A value that a lock guards.
#[derive(Debug)]
pub(super) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// Wraps a value.
    pub(super) const fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    /// Passes a pointer to write through.
    #[inline]
    pub(super) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }
}
