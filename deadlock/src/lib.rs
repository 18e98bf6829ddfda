//! How threads come to wait for each other for ever, and every way out of it. The topic's page is
//! its `README.md`.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync`
//! and `super::thread` are std's, in [`model`] they are the model checker's. An empty path in
//! `#[path = ""]` leaves the module's files where they are, beside this one.
//!
//! Reading order: [`real::lane`], what all lessons are made of; [`Window`], how a deadlock is made
//! to happen on every run; [`real::lock_order`], and then whatever you like.

mod metronome;
mod window;

pub use metronome::Metronome;
pub use window::Window;

/// The lessons on real threads and std's locks.
#[path = ""]
pub mod real {
    use std::{sync, thread, thread_local};

    pub mod banker;
    pub mod channels;
    pub mod checked_mutex;
    pub mod coffman;
    pub mod detect;
    pub mod join_cycle;
    pub mod lane;
    pub mod livelock;
    pub mod lock_order;
    pub mod philosophers;
    pub mod pool;
    pub mod recover;
    pub mod self_lock;
    pub mod upgrade;
}

/// The same files, compiled a second time: on the model checker's threads and locks.
#[path = ""]
pub mod model {
    use kit::model::{sync, thread, thread_local};

    pub mod banker;
    pub mod channels;
    pub mod checked_mutex;
    pub mod coffman;
    pub mod detect;
    pub mod join_cycle;
    pub mod lane;
    pub mod livelock;
    pub mod lock_order;
    pub mod philosophers;
    pub mod pool;
    pub mod recover;
    pub mod self_lock;
    pub mod upgrade;
}

pub mod async_guard;
pub mod lock_graph;
pub mod ordered_mutex;
pub mod parking_lot_detector;
pub mod rwlock;
pub mod starvation;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
