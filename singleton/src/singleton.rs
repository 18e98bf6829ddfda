//! The interface that all approaches share: a caller asks, and is given the one that there is.

use super::Config;

/// A type that has one config at most, and builds it for the first caller.
///
/// It stands in a static and lives for ever, and so does its config. What is broken has the same
/// interface.
///
/// ```
/// # use singleton::{Built, Config, Singleton, real::mutex::Locked};
/// static BUILT: Built = Built::new();
/// static CONFIG: Locked = Locked::new();
///
/// let instance = || CONFIG.instance(|| Config::build(&BUILT));
/// assert_eq!((instance().number(), instance().number(), BUILT.count()), (1, 1, 1));
/// ```
#[allow(unreachable_pub, reason = "in a model it is not public")]
pub trait Singleton: Default + Send + Sync + 'static {
    /// Returns the config; builds it, if there is none.
    ///
    /// # Blocking
    /// While another thread builds it, unless the approach says otherwise.
    fn instance(&'static self, build: impl FnOnce() -> Config) -> &'static Config;

    /// Returns one that is as fresh as the static of a program that begins: for lessons and tests,
    /// which begin often. It is leaked.
    fn fresh() -> &'static Self {
        Box::leak(Box::default())
    }
}
