//! std's `Once` runs one closure, once; what it makes has to be kept beside it.
//!
//! It was the way before there was `OnceLock` (Rust 1.70), and is the inside of it to this day: a
//! `Once`, and a cell that is written in it and read after it. Today it is for what has an effect
//! and no value: to install a handler, to start a library.
#![expect(unsafe_code, reason = "a cell is written by one thread and read by all")]

use std::cell::UnsafeCell;

use super::sync::Once;
use super::{Config, Singleton};

/// An approach that has its config in a cell, which a `Once` fills.
#[derive(Debug)]
pub struct WithOnce {
    once: Once,
    /// Written in `once`, read after it.
    instance: UnsafeCell<Option<Config>>,
}

// SAFETY: a shared one hands out `&Config` on every thread, and `Config: Sync`; it moves a config
// from the thread that builds it into the cell, and `Config: Send`. The cell has one write, in
// `call_once`, which happens before every read: see below.
unsafe impl Sync for WithOnce {}

impl WithOnce {
    /// Returns one without a config.
    pub const fn new() -> Self {
        Self { once: Once::new(), instance: UnsafeCell::new(None) }
    }
}

impl Default for WithOnce {
    fn default() -> Self {
        Self::new()
    }
}

impl Singleton for WithOnce {
    /// An initialiser that asks for the config waits for itself, for ever.
    ///
    /// # Panics
    /// If an initialiser has panicked before: the `Once` is poisoned then, and stays so, unless it
    /// is asked by [`call_once_force`](std::sync::Once::call_once_force).
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        self.once.call_once(|| {
            let config = Some(build());
            // SAFETY: to write through the pointer, no other thread may read or write there.
            // `call_once` runs one closure at a time, and none after it; and no thread reads before
            // `call_once` has returned.
            unsafe { *self.instance.get() = config }
        });
        // SAFETY: to read through the pointer, no thread may write there any more: `call_once` has
        // returned, so the closure has run, here or on another thread, and happened before this.
        // None runs again.
        unsafe { &*self.instance.get() }
            .as_ref()
            .expect("the closure has run, or `call_once` has panicked")
    }
}
