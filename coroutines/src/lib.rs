//! What a task is, who runs it, and what is lost when it is cancelled. The topic's page is its `README.md`.
//!
//! A lesson that asks little of its executor is one file, which says `super::runtime` to it and is compiled once for each. An empty path in
//! `#[path = ""]` leaves the module's files where they are, beside this one.

pub mod generator;

pub mod channel;
pub mod combine;
pub mod executor;

pub mod lane;
pub mod tokio_runtime;

/// The lessons on our own executor.
#[path = ""]
pub mod on_ours {
    use crate::executor as runtime;

    pub mod future;
    pub mod tasks;
}

/// The same files, compiled a second time: on tokio.
#[path = ""]
pub mod on_tokio {
    use crate::tokio_runtime as runtime;

    pub mod future;
    pub mod tasks;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
