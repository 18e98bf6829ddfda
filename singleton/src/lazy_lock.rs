//! std's `LazyLock`: the initialiser stands beside the value, and to ask is to dereference. The one
//! to take for a static whose initialiser needs nothing from its callers.
//!
//! ```
//! # use {singleton::{Built, Config}, std::sync::LazyLock};
//! static BUILT: Built = Built::new();
//! static CONFIG: LazyLock<Config> = LazyLock::new(|| Config::build(&BUILT));
//!
//! assert_eq!(BUILT.count(), 0);
//! assert_eq!((CONFIG.number(), CONFIG.number(), BUILT.count()), (1, 1, 1));
//! ```
//!
//! Its siblings are told how to build when they are asked, and any caller may say something else.

use std::sync::LazyLock;

use crate::real::race::{Constructor, RaceResult, race_for};

/// Lets this number of `threads` ask a fresh `LazyLock` at once.
pub fn race(threads: usize, constructor: &Constructor) -> RaceResult {
    let build = constructor.clone();
    let config = LazyLock::new(move || build.build());
    race_for(threads, constructor, move || config.number())
}
