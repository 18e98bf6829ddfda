//! Why threads are reused, and what a pool has to get right. The topic's page is its `README.md`.

pub mod census;
pub mod channel;
pub mod unbounded;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
