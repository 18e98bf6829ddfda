//! What is inside a lock, and which one to take. The topic's page is its `README.md`.
//!
//! Reading order: a lock ([`real::primitives::spin`]), then its lesson ([`real::spin`], named like its subcommand) and the
//! lesson's forms, a file each; then the next, in the order in which `--help` lists them. What they are made of:
//!
//! - [`real::lane`]: threads under a name, which is their lane; `scoped`, the same for lessons that run for real only.
//! - [`Cues`]: widen the window between two threads' steps, in the open. [`real::inside`]: counts who is inside.
//!   [`real::in_line`]: lets threads join a line one by one.
//! - [`real::word`]: what locks need besides atomics, a number that threads can sleep on.

mod cues;

pub use cues::Cues;

/// The locks and their lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::{hint, sync, thread, thread_local};

    /// The longest pause of a [`primitives::back_off::BackOff`], in spin hints, before it gives way to other threads instead.
    const MOST_PAUSES: u32 = 512;

    /// Gives each thread that asks a number of its own.
    fn new_thread_number() -> usize {
        static NEXT: sync::atomic::AtomicUsize = sync::atomic::AtomicUsize::new(0);
        NEXT.fetch_add(1, sync::atomic::Ordering::Relaxed)
    }

    pub mod barrier;
    pub mod condvar;
    pub mod event;
    pub mod futex;
    pub mod in_line;
    pub mod inside;
    pub mod lane;
    pub mod latch;
    pub mod mcs;
    pub mod peterson;
    pub mod primitives;
    pub mod reentrant;
    pub mod rwlock;
    pub mod semaphore;
    pub mod sharded_rwlock;
    pub mod spin;
    pub mod ticket;
    #[cfg_attr(target_os = "linux", path = "word/kernel.rs")]
    #[cfg_attr(not(target_os = "linux"), path = "word/condvar.rs")]
    pub mod word;
}

/// The same files, compiled a second time: on the model checker's threads and atomics.
#[path = ""]
pub mod model {
    use shuttle::{hint, sync, thread, thread_local};

    /// A pause is nothing to a model, and to give way is what lets it go on.
    const MOST_PAUSES: u32 = 0;

    /// Gives a thread its number in the model: the same in every run of a schedule.
    fn new_thread_number() -> usize {
        thread::current().id().into()
    }

    pub mod barrier;
    pub mod condvar;
    pub mod event;
    pub mod futex;
    pub mod in_line;
    pub mod inside;
    pub mod lane;
    pub mod latch;
    pub mod mcs;
    pub mod peterson;
    pub mod primitives;
    pub mod reentrant;
    pub mod rwlock;
    pub mod semaphore;
    pub mod sharded_rwlock;
    pub mod spin;
    pub mod ticket;
    #[path = "word/condvar.rs"]
    pub mod word;
}

pub mod convoy;
pub mod fairness;
pub mod mutex;
pub mod nested;
pub mod priority_inversion;
mod scoped;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
