//! std's types under the names of the model checker's, in a program that is built without it.
//!
//! With the feature `explore` this module is the one in `model.rs`. Without it a topic's models are
//! compiled and never run.

pub use std::{hint, sync, thread, thread_local};

pub use crate::__lazy_static as lazy_static;
pub use crate::real::lane;

/// Notes that nobody reads.
pub mod notes {
    /// Names the task that runs, in a model.
    pub fn named(_: &str) {}

    /// Names a future that is made here, in a model.
    pub fn future(_: &str) {}

    /// Notes where the task that runs stands, in a model.
    pub fn awaits(_: &'static std::panic::Location<'static>) {}
}

/// The module `model` of a topic, which is `real` where there is no model checker, or what stands
/// behind `or`.
#[macro_export]
macro_rules! model {
    ({ $($model:tt)* } or { $($other:tt)* }) => {
        #[doc(hidden)]
        pub mod model { $($other)* }
    };
    ($($model:tt)*) => {
        #[doc(hidden)]
        pub use self::real as model;
    };
}

/// Statics that are made when they are first used, as the model checker's macro of this name makes
/// them anew in each run.
#[doc(hidden)]
#[macro_export]
macro_rules! __lazy_static {
    ($(static ref $name:ident: $type:ty = $value:expr;)*) => {
        $(static $name: std::sync::LazyLock<$type> = std::sync::LazyLock::new(|| $value);)*
    };
}
