//! What there should be one of, and how many there are.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A config: what a program wants to have once.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    number: usize,
}

impl Config {
    /// Builds one, and counts it.
    pub fn build(built: &Built) -> Self {
        // Each call gets a number of its own; nothing else is said by it.
        Self { number: built.0.fetch_add(1, Relaxed) + 1 }
    }

    /// Returns its number: the first that was built is number 1.
    pub fn number(&self) -> usize {
        self.number
    }
}

/// A count of the configs that were built, on any thread.
#[derive(Debug, Default)]
pub struct Built(AtomicUsize);

impl Built {
    /// Returns a count of none; it may stand in a static.
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Returns how many were built so far.
    pub fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// Returns where in memory something is.
pub fn address<T>(thing: &T) -> usize {
    std::ptr::from_ref(thing).addr()
}
