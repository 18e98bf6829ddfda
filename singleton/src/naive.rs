//! Checks whether there is one, and builds one if there is none: check-then-act. While one thread
//! builds it, the others check, and find none.
//!
//! Each of the two halves is a critical section. That does not make both one step: what was true at
//! the check is no longer true when the config is put in its place.

use super::lane::lock;
use super::sync::Mutex;
use super::{Config, Singleton};

/// An approach that checks, then acts: broken as soon as two threads ask.
#[derive(Debug, Default)]
pub struct Naive {
    /// The one that was put here last; those before are still in use.
    instance: Mutex<Option<&'static Config>>,
}

impl Singleton for Naive {
    /// Returns *a* config; no thread builds under the lock.
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        let seen = *lock(&self.instance);
        if let Some(config) = seen {
            return config;
        }
        let config = &*Box::leak(Box::new(build()));
        *lock(&self.instance) = Some(config);
        config
    }
}
