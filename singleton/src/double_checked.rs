//! Looks without a lock; only who finds nothing takes the lock, and looks again.
//!
//! The second look is for those who waited for the lock while another thread built. The first one
//! is for all calls after that: they read one pointer. It is also where the idiom has a history:
//! the reader takes no lock, so nothing but the pointer's *ordering* says that what it points to
//! was written before it. In C++ before 2011, and in Java before 2004, it could not be said at all,
//! and double-checked locking was broken (Meyers and Alexandrescu, "C++ and the Perils of
//! Double-Checked Locking", 2004).
//!
//! Here Release and Acquire say it. With Relaxed in their place, Loom finds the reader who sees the
//! pointer, and not yet what is behind it: see [`orderings`](crate::orderings).
#![expect(unsafe_code, reason = "an atomic pointer has to be followed")]

use std::ptr::null_mut;

use super::sync::atomic::AtomicPtr;
use super::sync::atomic::Ordering::{Acquire, Release};
use super::sync::{Mutex, PoisonError};
use super::{Config, Singleton};

/// Has its config behind a pointer that is read without a lock.
///
/// ```
/// use singleton::real::double_checked::DoubleChecked;
/// use singleton::{Built, Config, Singleton};
///
/// static BUILT: Built = Built::new();
///
/// fn instance() -> &'static Config {
///     static CONFIG: DoubleChecked = DoubleChecked::new();
///     CONFIG.instance(|| Config::build(&BUILT))
/// }
///
/// assert!(std::ptr::eq(instance(), instance()));
/// ```
#[derive(Debug, Default)]
pub struct DoubleChecked {
    /// Null, or a config that was leaked; once it is not null, it never changes.
    instance: AtomicPtr<Config>,
    /// Held by who builds.
    building: Mutex<()>,
}

impl DoubleChecked {
    /// Makes one without a config.
    pub const fn new() -> Self {
        Self { instance: AtomicPtr::new(null_mut()), building: Mutex::new(()) }
    }

    /// Returns the config, if it was built.
    ///
    /// # Memory ordering
    /// Acquire; its partner is the Release store in `instance`. Who reads the pointer reads what
    /// was written before it was stored.
    #[inline]
    fn look(&self) -> Option<&'static Config> {
        let config = self.instance.load(Acquire);
        // SAFETY: `as_ref` asks for null, or for a pointer to a live config that nobody writes to.
        // It is null, or what `build` stored: a reference to a config that was leaked, so that it
        // lives for ever, and that is handed out by shared reference only. The write of it happened
        // before, by Release and Acquire.
        unsafe { config.as_ref() }
    }

    #[cold]
    fn build(&self, build: impl FnOnce() -> Config) -> &'static Config {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = self.look() {
            return config;
        }
        let config = Box::leak(Box::new(build()));
        // Release, for the Acquire of `look`: the config is written before its address can be read.
        self.instance.store(config, Release);
        config
    }
}

impl Singleton for DoubleChecked {
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        match self.look() {
            Some(config) => config,
            None => self.build(build),
        }
    }
}
