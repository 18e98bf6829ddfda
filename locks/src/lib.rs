//! What is inside a lock, and which one to take. The topic's page is its `README.md`.
//!
//! Reading order: [`real::primitives`], the locks themselves; then the lessons, each named like its subcommand.

/// The locks and their lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::{hint, sync, thread};

    /// The longest pause of a [`primitives::back_off::BackOff`], in spin hints, before it gives way to other threads instead.
    const MOST_PAUSES: u32 = 512;

    pub mod lane;
    pub mod peterson;
    pub mod primitives;
    pub mod spin;
    #[cfg_attr(target_os = "linux", path = "word/kernel.rs")]
    #[cfg_attr(not(target_os = "linux"), path = "word/condvar.rs")]
    pub mod word;
}

/// The same files, compiled a second time: on the model checker's threads and atomics.
#[path = ""]
pub mod model {
    use shuttle::{hint, sync, thread};

    /// A pause is nothing to a model, and to give way is what lets it go on.
    const MOST_PAUSES: u32 = 0;

    pub mod lane;
    pub mod peterson;
    pub mod primitives;
    pub mod spin;
    #[path = "word/condvar.rs"]
    pub mod word;
}

pub mod convoy;
pub mod fairness;
pub mod mutex;
pub mod nested;
pub mod priority_inversion;
mod team;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
