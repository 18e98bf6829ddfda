//! What a thread is, and how it is started, named, joined and ended. The topic's page is its `README.md`.

pub mod child;
pub mod daemon;
pub mod role;
pub mod spawn;
pub mod versus_process;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
