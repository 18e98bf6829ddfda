//! What a task is, who runs it, and what is lost when it is cancelled. The topic's page is its `README.md`.

pub mod generator;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
