//! What goes wrong when threads share a value, and what mends it. The topic's page is its `README.md`.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync` and `super::thread` are
//! std's, in [`model`] they are the model checker's. An empty path in `#[path = ""]` leaves the module's files where they
//! are, beside this one.
//!
//! Reading order: [`Window`], how a race is made to be lost on every run; [`real::lost_update`], [`real::check_then_act`],
//! and then whatever you like.

mod window;

pub use window::Window;

/// The lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod check_then_act;
    pub mod lane;
    pub mod lost_update;
}

/// The same files, compiled a second time: on the model checker's threads and atomics.
#[path = ""]
pub mod model {
    use shuttle::{sync, thread};

    pub mod check_then_act;
    pub mod lane;
    pub mod lost_update;
}

pub mod compiler;
pub mod operations;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
