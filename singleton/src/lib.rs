//! How something is made once, whoever asks first. The topic's page is its `README.md`.
//!
//! An approach whose interleavings matter is one file, compiled twice: in [`real`] its
//! `super::sync` and `super::thread` are std's, in [`model`] they are the model checker's. Those
//! that rest on memory orderings are compiled once more, in [`orderings`], against Loom.
//!
//! Reading order: [`Singleton`], the face that all approaches share; [`real::race`], how they are
//! asked at once; then [`real::naive`], and from there the approaches in the order of the lessons.

mod config;
mod singleton;
mod window;

pub use config::{Built, Config, address};
pub use singleton::Singleton;
pub use window::Window;

pub mod plain;

/// The approaches on real threads and std's locks.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    use crate::{Built, Config, Singleton, Window};

    mod cell;
    pub mod compare_exchange;
    pub mod double_checked;
    pub mod mutex;
    pub mod naive;
    pub mod once;
    pub mod once_cell;
    pub mod outside_the_lock;
    pub mod race;
}

/// The same files, compiled a second time: on the model checker's threads and locks.
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    use crate::{Built, Config, Singleton, Window};

    mod cell;
    pub mod compare_exchange;
    pub mod double_checked;
    pub mod mutex;
    pub mod naive;
    pub mod once;
    pub mod once_cell;
    pub mod outside_the_lock;
    pub mod race;
}

pub mod after_fork;
pub mod lazy_lock;
pub mod once_lock;
pub mod orderings;
pub mod panic;
pub mod per_thread;
pub mod recursive;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
