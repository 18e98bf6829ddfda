//! What is inside a lock, and which one to take. The topic's page is its `README.md`.

/// The locks and their lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::{hint, sync, thread};

    /// The longest pause of a [`back_off::BackOff`], in spin hints, before it gives way to other threads instead.
    const MOST_PAUSES: u32 = 512;

    pub mod back_off;
    mod cell;
    pub mod lane;
    pub mod spin;
    pub mod spin_lock;
}

/// The same files, compiled a second time: on the model checker's threads and atomics.
#[path = ""]
pub mod model {
    use shuttle::{hint, sync, thread};

    /// A pause is nothing to a model, and to give way is what lets it go on.
    const MOST_PAUSES: u32 = 0;

    pub mod back_off;
    mod cell;
    pub mod lane;
    pub mod spin;
    pub mod spin_lock;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
