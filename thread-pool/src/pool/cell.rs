//! std's `UnsafeCell` with the interface of Loom's: a closure is handed the pointer.
//!
//! Loom sees where such a closure begins and ends, and so whether two accesses could meet. Code that is
//! written against this interface compiles on either.

/// A value that one thread at a time may access.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// Wraps a value.
    pub(crate) fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    /// Hands out a pointer to read and write through.
    #[inline]
    pub(crate) fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        access(self.0.get())
    }
}
