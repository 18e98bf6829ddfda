//! What a thread is, and how it is started, named, joined and ended. The topic's page is its `README.md`.

pub mod spawn;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
