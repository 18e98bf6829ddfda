//! What a thread is, and how it is started, named, joined and ended. The topic's page is its
//! `README.md`.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync`
//! and `super::thread` are std's, in [`model`] they are the model checker's. An empty path in
//! `#[path = ""]` leaves the module's files where they are, beside this one.
//!
//! Reading order: [`spawn`], [`jobs`], [`real::join`], and then whatever you like. [`Meeting`] is
//! how a moment is widened.

mod meeting;

pub use meeting::Meeting;

/// The lessons on real threads.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod gil;
    pub mod join;
    pub mod lane;
    pub mod park;
    pub mod worker;
}

/// The same files, compiled a second time: on the model checker's threads.
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    pub mod gil;
    pub mod join;
    pub mod lane;
    pub mod park;
    pub mod worker;
}

pub mod bytecode;
pub mod child;
pub mod daemon;
pub mod gauge;
pub mod jobs;
pub mod local;
pub mod names;
pub mod oversubscription;
pub mod parker;
pub mod python;
pub mod role;
pub mod scope;
pub mod spawn;
pub mod versus_process;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
