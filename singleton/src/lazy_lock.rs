//! std's `LazyLock`: the initialiser stands beside the value, and to ask is to dereference. The one
//! to take for a static whose initialiser needs nothing from its callers.
//!
//! ```
//! use std::sync::LazyLock;
//!
//! use singleton::{Built, Config};
//!
//! static BUILT: Built = Built::new();
//! static CONFIG: LazyLock<Config> = LazyLock::new(|| Config::build(&BUILT));
//!
//! assert_eq!(BUILT.count(), 0);
//! assert_eq!((CONFIG.number(), CONFIG.number()), (1, 1));
//! assert_eq!(BUILT.count(), 1);
//! ```
//!
//! It has not the shape of its siblings, and that is the difference: they are told how to build
//! when they are asked, and any caller may say something else.

use std::sync::LazyLock;

use crate::Window;
use crate::real::race::{Building, Outcome, race_for};

/// Lets so many threads ask a fresh `LazyLock` at once.
///
/// # Panics
/// If one of them has panicked.
pub fn race(threads: usize, window: Window) -> Outcome {
    let building = Building::new(window);
    let build = building.clone();
    let config = LazyLock::new(move || build.build());
    race_for(threads, &building, move || config.number())
}
