//! Builds without asking anyone, and then looks whose was first: all others throw theirs away.
//!
//! Nobody ever waits, and a thread that is put aside, or dies, in its constructor holds up nobody.
//! The price: several may be built. That does for a table that is computed, and not for a port that
//! is opened.
#![expect(
    unsafe_code,
    reason = "an atomic pointer has to be followed, and a box given up and taken back"
)]

use std::ptr::null_mut;

use super::sync::atomic::AtomicPtr;
use super::sync::atomic::Ordering::{Acquire, Release};
use super::{Config, Singleton};

/// Keeps the config that is finished first.
#[derive(Debug, Default)]
pub struct FirstWins {
    /// Null, or a config that was leaked; once it is not null, it never changes.
    instance: AtomicPtr<Config>,
}

impl FirstWins {
    /// Makes one without a config.
    pub const fn new() -> Self {
        Self { instance: AtomicPtr::new(null_mut()) }
    }

    #[cold]
    fn build(&self, build: impl FnOnce() -> Config) -> &'static Config {
        let mine = Box::into_raw(Box::new(build()));
        // Release if it is put in its place, for the Acquire of whoever reads it there. Acquire if
        // another one is there already: that one is read.
        match self.instance.compare_exchange(null_mut(), mine, Release, Acquire) {
            // SAFETY: `mine` comes from a box just now, and is never made one again: it lives for
            // ever, and is only read.
            Ok(_) => unsafe { &*mine },
            Err(first) => {
                // SAFETY: `mine` comes from a box just now, and nobody else was told of it.
                drop(unsafe { Box::from_raw(mine) });
                // SAFETY: not null, or it would have been exchanged; so it is one that was put
                // there by the arm above.
                unsafe { &*first }
            }
        }
    }
}

impl Singleton for FirstWins {
    /// Returns the config; builds one, if there is none, and keeps it if it is the first.
    ///
    /// # Blocking
    /// Never.
    ///
    /// # Memory ordering
    /// The load is Acquire; its partner is the Release of the exchange that was won.
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        let config = self.instance.load(Acquire);
        // SAFETY: it is null, or a config that the exchange in `build` put there: leaked, never
        // written to again, and written before, by Release and Acquire.
        match unsafe { config.as_ref() } {
            Some(config) => config,
            None => self.build(build),
        }
    }
}
