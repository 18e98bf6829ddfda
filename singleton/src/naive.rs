//! Looks whether there is one, and makes one if there is none. While one thread makes it, the
//! others look, and find none.
//!
//! Each of the two halves is one step, under a lock. That does not make one step of both: what was
//! true at the look is no longer true when the config is put in its place.

use super::sync::{Mutex, PoisonError};
use super::{Config, Singleton};

/// Checks, then acts: broken as soon as two threads ask.
#[derive(Debug, Default)]
pub struct Naive {
    /// The one that was put here last; those before are in other hands still.
    instance: Mutex<Option<&'static Config>>,
}

impl Naive {
    /// Makes one without a config.
    pub const fn new() -> Self {
        Self { instance: Mutex::new(None) }
    }
}

impl Singleton for Naive {
    /// Returns *a* config.
    ///
    /// # Blocking
    /// Never for long: nobody builds under the lock.
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        let seen = *self.instance.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = seen {
            return config;
        }
        let config = &*Box::leak(Box::new(build()));
        *self.instance.lock().unwrap_or_else(PoisonError::into_inner) = Some(config);
        config
    }
}
