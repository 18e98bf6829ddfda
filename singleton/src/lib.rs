#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # The library, lesson by lesson
//!
//! | lesson | module | question |
//! | --- | --- | --- |
//! | `plain` | [`plain`] | What does an address prove? |
//! | `naive` | [`real::naive`] | Why does check-then-act build one for each thread? |
//! | `outside-the-lock` | [`real::outside_the_lock`] | What if the lock is released too early? |
//! | `mutex` | [`real::mutex`] | What does one lock around all of it cost? |
//! | `double-checked` | [`real::double_checked`], [`orderings`] | Which orderings does it need? |
//! | `compare-exchange` | [`real::compare_exchange`] | Can it be done without waiting? |
//! | `once` | [`real::once`] | What is std's `Once` for? |
//! | `once-cell` | [`real::once_cell`] | How does a `OnceLock` work inside? |
//! | `once-lock`, `lazy-lock` | [`once_lock`], [`lazy_lock`] | Which of std's two is it to be? |
//! | `single-flight` | [`real::single_flight`] | And once for each key of a cache? |
//! | `thread-local` | [`per_thread`] | What if each thread has its own? |
//! | `panic` | [`panic`](mod@panic) | What does the next caller get when an initialiser panics? |
//! | `recursive` | [`recursive`] | What if an initialiser asks for its own value? |
//! | `after-fork` | [`after_fork`] | What does a forked child have of it? |
//!
//! Read first [`Singleton`], the interface that all approaches share, and [`real::race`], how
//! threads ask at once. An approach whose interleavings matter is one file, compiled twice: in
//! [`real`] on std, in `model` on the model checker. Those that rest on memory orderings are
//! compiled once more, in [`orderings`], against Loom.

mod config;
mod singleton;

pub use config::{Built, Config, address};
pub use singleton::Singleton;

/// Makes a constructor constant, so that it can fill a static. Loom's types have no such
/// constructors: its copy of an approach has a macro of this name that does not.
macro_rules! constant {
    ($(#[$meta:meta])* pub fn $($rest:tt)*) => { $(#[$meta])* pub const fn $($rest)* };
}

pub mod plain;

/// The approaches on real threads and std's locks.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    use kit::cell;
    use kit::real::lane;

    use crate::{Built, Config, Singleton};

    pub mod compare_exchange;
    pub mod double_checked;
    pub mod mutex;
    pub mod naive;
    pub mod once;
    pub mod once_cell;
    pub mod outside_the_lock;
    pub mod race;
    pub mod single_flight;
}

// The same files, compiled a second time: on the model checker's threads and locks.
kit::model! {
    use kit::cell;
    use kit::model::{lane, sync, thread};

    use crate::{Built, Config, Singleton};

    pub mod compare_exchange;
    pub mod double_checked;
    pub mod mutex;
    pub mod naive;
    pub mod once;
    pub mod once_cell;
    pub mod outside_the_lock;
    pub mod race;
    pub mod single_flight;
}

pub mod after_fork;
pub mod lazy_lock;
pub mod once_lock;
pub mod orderings;
pub mod panic;
pub mod per_thread;
pub mod recursive;
