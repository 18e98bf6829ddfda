//! When workers are better processes, and what happens when one dies. The topic's page is its `README.md`.

pub mod pool;
pub mod submit;
pub mod task;
mod wire;
pub mod worker;

pub use pool::{Error, Handle, Pool};
pub use task::{Answer, Task};

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
