//! [`std::sync::atomic`] for models. Shuttle takes each ordering as `SeqCst`.

use std::fmt;

pub use shuttle::sync::atomic::{Ordering, compiler_fence, fence};

use crate::model::notes::{self, How, Needs, Shared};

macro_rules! common {
    ([$($generic:tt)*] $atomic:ty, $inner:ty, $value:ty) => {
        impl<$($generic)*> $atomic {
            /// Makes an atomic of this value.
            pub const fn new(value: $value) -> Self {
                Self { object: Shared::new(), inner: <$inner>::new(value) }
            }

            /// Returns the value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                let touches = vec![(self.object.object(), How::Read)];
                notes::step("loads", touches, Needs::Nothing, || self.inner.load(order), |_| None)
            }

            /// Sets the value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.changes("stores", || self.inner.store(value, order));
            }

            /// Sets the value, and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.changes("swaps", || self.inner.swap(value, order))
            }

            /// Sets the value if it is `current`, and returns the one before; as an error if it was
            /// another.
            ///
            /// # Errors
            /// It was another.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compares(|| self.inner.compare_exchange(current, new, success, failure))
            }

            /// As [`compare_exchange`](Self::compare_exchange); a model does not fail without a
            /// reason.
            ///
            /// # Errors
            /// It was another.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compares(|| self.inner.compare_exchange_weak(current, new, success, failure))
            }

            /// Sets the value to what `update` makes of it, as often as another thread comes in
            /// between; `None` from it ends that.
            ///
            /// # Errors
            /// `update` has returned `None` for this value.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut before = self.load(fetch);
                while let Some(new) = update(before) {
                    match self.compare_exchange_weak(before, new, set, fetch) {
                        Ok(before) => return Ok(before),
                        Err(other) => before = other,
                    }
                }
                Err(before)
            }

            /// Returns the value, which nobody else can reach.
            pub fn get_mut(&mut self) -> &mut $value {
                self.inner.get_mut()
            }

            /// Returns the value of an atomic that nobody else can reach.
            pub fn into_inner(self) -> $value {
                self.inner.into_inner()
            }

            #[track_caller]
            fn changes<R>(&self, what: &'static str, run: impl FnOnce() -> R) -> R {
                notes::step(what, vec![(self.object.object(), How::Write)], Needs::Nothing, run, |_| None)
            }

            #[track_caller]
            fn compares(&self, run: impl FnOnce() -> Result<$value, $value>) -> Result<$value, $value> {
                let failed = vec![(self.object.object(), How::Read)];
                let touches = vec![(self.object.object(), How::Write)];
                notes::step("compares and swaps", touches, Needs::Nothing, run, |swapped| {
                    swapped.is_err().then_some(failed)
                })
            }
        }

        impl<$($generic)*> fmt::Debug for $atomic {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    };
}

macro_rules! atomic {
    ($name:ident, $value:ty, [$($fetch:ident)*]) => {
        /// The atomic of this name for models.
        pub struct $name {
            object: Shared,
            inner: shuttle::sync::atomic::$name,
        }

        common!([] $name, shuttle::sync::atomic::$name, $value);

        impl $name {
            $(
                /// Changes the value in one step, as std's method of this name does, and returns
                /// the one before.
                #[track_caller]
                pub fn $fetch(&self, value: $value, order: Ordering) -> $value {
                    self.changes(stringify!($fetch), || self.inner.$fetch(value, order))
                }
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new(<$value>::default())
            }
        }

        impl From<$value> for $name {
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }
    };
    ($($name:ident: $value:ty;)*) => {$(
        atomic!($name, $value, [fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min]);
    )*};
}

atomic!(AtomicBool, bool, [fetch_and fetch_nand fetch_or fetch_xor]);
atomic! {
    AtomicI8: i8; AtomicI16: i16; AtomicI32: i32; AtomicI64: i64; AtomicIsize: isize;
    AtomicU8: u8; AtomicU16: u16; AtomicU32: u32; AtomicU64: u64; AtomicUsize: usize;
}

/// [`std::sync::atomic::AtomicPtr`] for models.
pub struct AtomicPtr<T> {
    object: Shared,
    inner: shuttle::sync::atomic::AtomicPtr<T>,
}

common!([T] AtomicPtr<T>, shuttle::sync::atomic::AtomicPtr<T>, *mut T);

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        Self::new(std::ptr::null_mut())
    }
}
