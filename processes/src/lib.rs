//! What a process has that a thread has not, and how it is started. The topic's page is its `README.md`.

pub mod child;
pub mod role;
pub mod spawn_and_wait;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
