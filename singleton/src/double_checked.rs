//! Checks without a lock; only a thread that finds nothing acquires the lock, and checks again.
//!
//! The second check is for threads that waited for the lock while another one built. The first one
//! is for all calls after that: they read one pointer. It is also where the idiom has a history:
//! the reader acquires no lock, so nothing but the pointer's *ordering* makes what it points to
//! visible with it. In C++ before 2011, and in Java before 2004, there was no such ordering to ask
//! for, and double-checked locking was broken (Meyers and Alexandrescu, "C++ and the Perils of
//! Double-Checked Locking", 2004).
//!
//! Here Release and Acquire do it. With Relaxed in their place, Loom finds the reader that sees the
//! pointer, and not yet what is behind it: see [`orderings`](crate::orderings).
#![expect(unsafe_code, reason = "an atomic pointer has to be followed")]

use std::ptr::null_mut;

use super::sync::atomic::AtomicPtr;
use super::sync::atomic::Ordering::{Acquire, Release};
use super::sync::{Mutex, PoisonError};
use super::{Config, Singleton};

/// An approach that has its config behind a pointer, which is read without a lock.
#[derive(Debug, Default)]
pub struct DoubleChecked {
    /// Null, or a config that was leaked; once it is not null, it never changes.
    instance: AtomicPtr<Config>,
    building: Mutex<()>,
}

impl DoubleChecked {
    constant! {
        /// Returns one without a config.
        pub fn new() -> Self {
            Self { instance: AtomicPtr::new(null_mut()), building: Mutex::new(()) }
        }
    }

    /// Returns the config, if it was built.
    ///
    /// # Memory ordering
    /// The partner of the Acquire is the Release store in `build`. A thread that reads the pointer
    /// reads what was written before it was stored.
    #[inline]
    fn get(&self) -> Option<&'static Config> {
        let config = self.instance.load(Acquire);
        // SAFETY: `as_ref` asks for null, or for a pointer to a live config that is not written to.
        // It is null, or what `build` stored: a reference to a config that was leaked, so that it
        // lives for ever, and that is handed out by shared reference only. The write of it happened
        // before, by Release and Acquire.
        unsafe { config.as_ref() }
    }

    #[cold]
    fn build(&self, build: impl FnOnce() -> Config) -> &'static Config {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = self.get() {
            return config;
        }
        let config = Box::leak(Box::new(build()));
        // Release, for the Acquire of `get`: the config is written before its address can be read.
        self.instance.store(config, Release);
        config
    }
}

impl Singleton for DoubleChecked {
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        match self.get() {
            Some(config) => config,
            None => self.build(build),
        }
    }
}
