//! std's `OnceLock`: a cell that is filled once. This is the one to take, wherever the first caller
//! knows how to build.
//!
//! ```
//! # use singleton::{Built, Config};
//! static BUILT: Built = Built::new();
//! static CONFIG: std::sync::OnceLock<Config> = std::sync::OnceLock::new();
//!
//! let instance = || CONFIG.get_or_init(|| Config::build(&BUILT));
//! assert_eq!((instance().number(), instance().number(), BUILT.count()), (1, 1, 1));
//! ```

use std::sync::OnceLock;

use crate::{Config, Singleton};

impl Singleton for OnceLock<Config> {
    /// After an initialiser that panicked, the cell is empty, and the next caller builds. One that
    /// asks for the config waits for itself, for ever.
    #[inline]
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config {
        self.get_or_init(build)
    }
}
