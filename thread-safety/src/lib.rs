#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # The library, lesson by lesson
//!
//! | lesson | module | question |
//! | --- | --- | --- |
//! | `lost-update` | [`real::lost_update`] | What becomes of a read and a write that belong together? |
//! | `mutex` | [`real::mutex`] | What does a panic between acquire and release leave? |
//! | `check-then-act` | [`real::check_then_act`] | Is what was checked still true at the act? |
//! | `optimistic` | [`real::optimistic`], [`conflicts`] | Wait for the others, or notice them? |
//! | `torn-read` | [`real::torn_read`], [`real::seq_lock`] | Can a half-written pair be read? |
//! | `publication` | [`real::publication`] | Does a thread that sees the flag see the data? |
//! | `litmus` | [`real::litmus`], [`orderings`], [`litmus_harness`] | What does each ordering forbid? |
//! | `false-sharing` | [`real::false_sharing`] | What do two counters in one cache line cost? |
//! | `aba` | [`real::aba`] | What does a compare-and-swap not notice? |
//! | `operations` | [`operations`], [`history`] | What does Python's global lock make safe, and what does it here? |
//! | `compiler` | [`compiler`] | Which of these programs does rustc refuse? |
//!
//! A lesson whose interleavings matter is one file, compiled up to three times: in [`real`] its
//! `super::sync` and `super::thread` are std's, in `model` they are the model checker's, and where
//! memory orderings matter there is a third copy in `loom`. An empty path in `#[path = ""]` leaves
//! the module's files where they are, beside this one. All of them are written with [`real::lane`]:
//! named threads, locks that show who holds them, and the point at which racing threads meet.

pub mod compiler;
pub mod conflicts;
mod executions;
pub mod history;
pub mod litmus_harness;
pub mod operations;
pub mod orderings;

pub use executions::{Executions, executions, executions_within};

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
    pub mod mutex;
    pub mod optimistic;
    pub mod publication;
    pub mod seq_lock;
    pub mod torn_read;
    pub mod weakened;
}

// The same files, compiled a second time: on the model checker's threads and atomics.
kit::model! {
    use kit::model::{hint, sync, thread};

    pub mod aba;
    pub mod check_then_act;
    pub mod lane;
    pub mod litmus;
    pub mod lost_update;
    pub mod mutex;
    pub mod optimistic;
    pub mod publication;
    pub mod seq_lock;
    pub mod torn_read;
    pub mod weakened;
}

/// Some of them once more: on Loom's atomics, which keep no more order than they are asked for. See
/// [`executions`].
#[doc(hidden)]
#[path = ""]
pub mod loom {
    use ::loom::{hint, thread};

    mod sync {
        pub(super) use ::loom::sync::{Arc, Mutex, MutexGuard, atomic};
        // Loom's channel does not report that all senders are gone. The variant that sends is
        // compiled here, and no test runs it under Loom.
        pub(super) use std::sync::mpsc;
    }

    pub mod lane;
    pub mod litmus;
    pub mod lost_update;
    pub mod publication;
    pub mod weakened;
}
