//! What goes wrong when threads share a value, and what mends it. The topic's page is its
//! `README.md`.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync`
//! and `super::thread` are std's, in [`model`] they are the model checker's. Where orderings
//! matter, it is compiled once more, in [`weak`]. An empty path in `#[path = ""]` leaves the
//! module's files where they are, beside this one.
//!
//! Reading order: [`Window`], how a race is made to be lost on every run; [`real::lost_update`],
//! [`real::check_then_act`], and then whatever you like.

mod executions;
pub mod machine;
pub mod orders;
mod window;

pub use executions::{Outcomes, executions, executions_of_one_preemption};
pub use window::Window;

/// The lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::{hint, sync, thread};

    pub mod aba;
    pub mod check_then_act;
    pub mod false_sharing;
    pub mod lane;
    pub mod litmus;
    pub mod lost_update;
    pub mod publication;
    pub mod seq_lock;
    pub mod torn_read;
}

/// The same files, compiled a second time: on the model checker's threads and atomics.
#[path = ""]
pub mod model {
    use kit::model::{hint, sync, thread};

    pub mod aba;
    pub mod check_then_act;
    pub mod lane;
    pub mod litmus;
    pub mod lost_update;
    pub mod seq_lock;
    pub mod torn_read;
}

/// Some of them once more: on Loom's atomics, which keep no more order than they are asked for. See
/// [`executions`].
#[path = ""]
pub mod weak {
    use loom::{hint, thread};

    mod sync {
        pub(super) use loom::sync::{Arc, Mutex, MutexGuard, atomic};
        // Loom's does not say when all senders are gone; the form that sends is compiled here, and
        // nobody asks Loom about it.
        pub(super) use std::sync::mpsc;
    }

    pub mod lane;
    pub mod litmus;
    pub mod lost_update;
    pub mod publication;
}

pub mod compiler;
pub mod operations;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
