//! What a task is, who runs it, and what is lost when it is cancelled. The topic's page is its
//! `README.md`.
//!
//! A lesson that asks little of its executor is one file, which says `super::runtime` to it and is
//! compiled once for each. An empty path in `#[path = ""]` leaves the module's files where they
//! are, beside this one.

pub mod generator;

pub mod channel;
pub mod combine;
pub mod executor;

pub mod lane;
pub mod tokio_runtime;

mod contain;
mod window;

pub use window::Window;

/// How an executor sleeps, on real threads and std's locks.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod wake;
}

/// The same files, compiled a second time: on the model checker's threads and locks.
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    pub mod wake;
}

/// The lessons on tokio.
#[path = ""]
pub mod on_tokio {
    use crate::tokio_runtime as runtime;

    pub mod cancel;
    pub mod channels;
    pub mod cpu_bound;
    pub mod future;
    pub mod guard;
    pub mod join_and_select;
    pub mod local;
    pub mod run_loop;
    pub mod semaphore;
    #[path = "cost/task.rs"]
    pub mod task;
    pub mod tasks;
    pub mod timeout;
}

/// The same files, compiled a second time: on our own executor.
#[path = ""]
pub mod on_ours {
    use crate::executor as runtime;

    pub mod cancel;
    pub mod channels;
    pub mod cpu_bound;
    pub mod future;
    pub mod guard;
    pub mod join_and_select;
    pub mod local;
    pub mod run_loop;
    pub mod semaphore;
    #[path = "cost/task.rs"]
    pub mod task;
    pub mod tasks;
    pub mod timeout;
}

pub mod blocking;
pub mod cost;
pub mod echo;
pub mod join_set;
pub mod shutdown;
pub mod stream;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
