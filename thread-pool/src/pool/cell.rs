//! std's `UnsafeCell` with the face of Loom's: a closure is handed the pointer.
//!
//! Loom sees where such a closure begins and ends, and so whether two accesses could meet. What is
//! written against this face compiles on either.

/// Holds what one thread at a time may touch.
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
