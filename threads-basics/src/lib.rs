//! What a thread is, and how it is started, named, joined and ended. The topic's page is its `README.md`.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync` and `super::thread` are
//! std's, in [`model`] they are the model checker's. An empty path in `#[path = ""]` leaves the module's files where they
//! are, beside this one.

pub mod bytecode;
pub mod child;
pub mod daemon;
pub mod gauge;
pub mod oversubscription;
pub mod python;
pub mod role;
pub mod spawn;
pub mod versus_process;

/// The lessons on real threads and std's locks.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod gil;
}

/// The same files, compiled a second time: on the model checker's threads and locks.
#[path = ""]
pub mod model {
    use shuttle::{sync, thread};

    pub mod gil;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
