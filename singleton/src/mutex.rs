//! Checks and builds in one critical section: what was true at the check is true until the config
//! is in its place.
//!
//! It is the simplest approach that holds, and often good enough. But every call acquires the lock,
//! for ever, although after the first one nothing changes any more: the callers queue to read.

use super::lane::lock;
use super::sync::Mutex;
use super::{Config, Singleton};

/// An approach that has its config under a lock.
#[derive(Debug, Default)]
pub struct Locked {
    instance: Mutex<Option<&'static Config>>,
}

impl Locked {
    /// Returns one without a config.
    pub const fn new() -> Self {
        Self { instance: Mutex::new(None) }
    }
}

impl Singleton for Locked {
    /// After an initialiser that panicked, the lock is poisoned and the place is empty: nothing is
    /// half done, so the next caller acquires the lock all the same, and builds. An initialiser
    /// that asks for the config waits for itself, for ever.
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        let mut instance = lock(&self.instance);
        instance.get_or_insert_with(|| Box::leak(Box::new(build())))
    }
}
