//! Looks, takes a lock, looks again: a double check by the book, but what it leads to is done when
//! the lock was given back.
//!
//! This is the tutorial's own fault. Both checks are there, and so is the lock, but the line that
//! creates is not indented deep enough to be inside. All who have looked twice and found nothing go
//! on to it, one after the other or at once.

use super::sync::{Mutex, PoisonError};
use super::{Config, Singleton};

/// Checks twice, but creates outside the lock: as broken as [`Naive`](super::naive::Naive).
#[derive(Debug, Default)]
pub struct OutsideTheLock {
    /// The one that was put here last; those before are in other hands still.
    instance: Mutex<Option<&'static Config>>,
    /// Held while somebody looks for the second time.
    looking: Mutex<()>,
}

impl OutsideTheLock {
    /// Makes one without a config.
    pub const fn new() -> Self {
        Self { instance: Mutex::new(None), looking: Mutex::new(()) }
    }

    fn look(&self) -> Option<&'static Config> {
        *self.instance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Singleton for OutsideTheLock {
    /// Returns *a* config.
    ///
    /// # Blocking
    /// Never for long: nobody builds under the lock.
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        if let Some(config) = self.look() {
            return config;
        }
        let looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = self.look() {
            return config;
        }
        drop(looking);
        let config = &*Box::leak(Box::new(build()));
        *self.instance.lock().unwrap_or_else(PoisonError::into_inner) = Some(config);
        config
    }
}
