//! How processes share data, and at what price. The topic's page is its `README.md`.

pub mod child;
pub mod not_shared;
pub mod role;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
