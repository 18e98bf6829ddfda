//! A cell whose memory is freed with it, which is an access as a write is.

pub(super) struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(super) fn new(value: T) -> Self {
        Self(loom::cell::UnsafeCell::new(value))
    }

    pub(super) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        self.0.with(read)
    }

    pub(super) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        self.0.with_mut(write)
    }
}

impl<T> Drop for UnsafeCell<T> {
    fn drop(&mut self) {
        // After a failure it would be found once more, and end the process.
        if !std::thread::panicking() {
            self.0.with_mut(|_| ());
        }
    }
}
