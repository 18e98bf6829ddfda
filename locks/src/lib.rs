//! What is inside a lock, and which one to take. The topic's page is its `README.md`.
//!
//! Reading order: a lock ([`real::primitives::spin`]), then its lesson ([`real::spin`], named like
//! its subcommand) and the lesson's forms, a file each; then the next, in the order in which
//! `--help` lists them. What they are made of:
//!
//! - [`real::lane`]: threads under a name, which is their lane; `scoped`, the same for lessons that
//!   run for real only.
//! - [`Cues`]: widen the window between two threads' steps, in the open. [`real::inside`]: counts
//!   who is inside.
//!   [`real::in_line`]: lets threads join a line one by one.
//! - [`real::word`]: what locks need besides atomics, a number that threads can sleep on.

mod cues;

pub use cues::Cues;

/// The locks and their lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    use std::{hint, sync, thread, thread_local};

    use super::const_fn;

    /// The longest pause of a [`primitives::back_off::BackOff`], in spin hints, before it gives way
    /// to other threads instead.
    const MOST_PAUSES: u32 = 512;

    /// Returns this thread's number: at least 1, and never that of another thread, not even of one
    /// that has ended.
    ///
    /// It works while the thread's locals are destroyed, too: what has no destructor is there to
    /// the end.
    #[inline]
    fn thread_number() -> u64 {
        thread_local!(static NUMBER: Cell<u64> = const { Cell::new(0) });
        #[cold]
        fn first() -> u64 {
            static LAST: AtomicU64 = AtomicU64::new(0);
            // 2⁶⁴ threads are not started in any program's life. Relaxed: each number is given
            // once.
            let number = LAST.fetch_add(1, Relaxed) + 1;
            NUMBER.set(number);
            number
        }
        match NUMBER.get() {
            0 => first(),
            number => number,
        }
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
    use kit::model::{hint, sync, thread, thread_local};

    use super::const_fn;

    /// A pause is nothing to a model, and to give way is what lets it go on.
    const MOST_PAUSES: u32 = 0;

    /// Returns a thread's number in the model: the same in every run of a schedule.
    fn thread_number() -> u64 {
        usize::from(thread::current().id()) as u64 + 1
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

/// Makes a function of a primitive constant. The tests have another one of this name: on Loom's
/// atomics, which cannot be made in a constant, a function stays as it is.
macro_rules! const_fn {
    ($(#[$meta:meta])* $public:vis fn $($rest:tt)*) => { $(#[$meta])* $public const fn $($rest)* };
}
use const_fn;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
