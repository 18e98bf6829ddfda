//! What a process has that a thread has not, and how it is started. The topic's page is its `README.md`.

pub mod child;
pub mod copy_on_write;
pub mod fork_with_threads;
pub mod inherited_files;
pub mod role;
pub mod spawn_and_wait;
pub mod start;
pub mod starting;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
