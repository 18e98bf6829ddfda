//! Checks, acquires a lock, checks again: a double check by the book, but it builds after the lock
//! is released.
//!
//! This is the tutorial's own fault. Both checks are there, and so is the lock, but the line that
//! builds is not indented deep enough to be in the critical section. All threads that have checked
//! twice and found nothing go on to it, one after the other or in parallel.

use super::lane::lock;
use super::sync::Mutex;
use super::{Config, Singleton};

/// An approach that checks twice, but builds outside the lock: as broken as
/// [`Naive`](super::naive::Naive).
#[derive(Debug, Default)]
pub struct OutsideTheLock {
    /// The one that was put here last; those before are still in use.
    instance: Mutex<Option<&'static Config>>,
    checking: Mutex<()>,
}

impl OutsideTheLock {
    fn get(&self) -> Option<&'static Config> {
        *lock(&self.instance)
    }
}

impl Singleton for OutsideTheLock {
    /// Returns *a* config; no thread builds under the lock.
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        if let Some(config) = self.get() {
            return config;
        }
        let checking = lock(&self.checking);
        if let Some(config) = self.get() {
            return config;
        }
        drop(checking);
        let config = &*Box::leak(Box::new(build()));
        *lock(&self.instance) = Some(config);
        config
    }
}
