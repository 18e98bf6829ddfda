//! Builds without waiting, and publishes by one compare-and-swap: the first thread wins, all others
//! discard theirs.
//!
//! It is lock-free: a thread that is preempted, or dies, in its constructor holds up no other one.
//! The price: several may be built. That does for a table that is computed, and not for a port that
//! is opened.
#![expect(unsafe_code, reason = "an atomic pointer is followed, and a box given up and taken back")]

use std::ptr::null_mut;

use super::sync::atomic::AtomicPtr;
use super::sync::atomic::Ordering::{Acquire, Release};
use super::{Config, Singleton};

/// An approach that keeps the config that is finished first.
#[derive(Debug, Default)]
pub struct FirstWins {
    /// Null, or a config that was leaked; once it is not null, it never changes.
    instance: AtomicPtr<Config>,
}

impl FirstWins {
    constant! {
        /// Returns one without a config.
        pub fn new() -> Self {
            Self { instance: AtomicPtr::new(null_mut()) }
        }
    }

    #[cold]
    fn build(&self, build: impl FnOnce() -> Config) -> &'static Config {
        let mine = Box::into_raw(Box::new(build()));
        // Release if it is put in its place, for the Acquire of a thread that reads it there.
        // Acquire if another one is there already: that one is read.
        match self.instance.compare_exchange(null_mut(), mine, Release, Acquire) {
            // SAFETY: `mine` comes from a box just now, so it is aligned and live; it is never made
            // a box again once it is published, so it lives for ever, and is only read.
            Ok(_) => unsafe { &*mine },
            Err(first) => {
                // SAFETY: `from_raw` asks for a pointer from `into_raw` that is used no more.
                // `mine` is one, and since it was not published, no other thread has it.
                drop(unsafe { Box::from_raw(mine) });
                // SAFETY: not null, or the compare-and-swap would have succeeded; so it was
                // published by the arm above on another thread: leaked, live for ever, and only
                // read. The failure ordering is Acquire, so its contents are visible here.
                unsafe { &*first }
            }
        }
    }
}

impl Singleton for FirstWins {
    /// Never waits. The partner of the Acquire is the Release of the compare-and-swap that
    /// succeeded.
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        let config = self.instance.load(Acquire);
        // SAFETY: it is null, or a config that the compare-and-swap in `build` put there: leaked,
        // so live for ever, never written to again, and written before, by Release and Acquire.
        match unsafe { config.as_ref() } {
            Some(config) => config,
            None => self.build(build),
        }
    }
}
