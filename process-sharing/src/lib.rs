//! How processes share data, and at what price. The topic's page is its `README.md`.
//!
//! What the lessons on shared memory are made of: [`memory`], which processes have in common;
//! [`real::word`], on which they sleep; [`real::owner`], which says who of them still lives;
//! [`ring`], a queue out of all three.
//!
//! And of the lessons in which processes talk: [`peer`], a child that is told what to do line by
//! line; [`part`], what it can be; [`names`], which has a run's names in the system removed.

pub mod array;
pub mod child;
pub mod compared;
pub mod fifo;
pub mod file_lock;
mod ipc;
pub mod killed_often;
pub mod manager;
pub mod memory;
pub mod memory_role;
#[cfg(target_os = "linux")]
pub mod message_queue;
pub mod messages;
pub mod names;
pub mod not_shared;
pub mod owner_died;
pub mod part;
pub mod peer;
pub mod pipe;
pub mod process_lock;
pub mod pthread;
pub mod queue;
pub mod ring;
pub mod robust_mutex;
pub mod role;
pub mod semaphore;
#[cfg(target_os = "linux")]
pub mod signal;
pub mod socket;
pub mod value;

/// What processes agree by, on std's atomics.
#[path = ""]
pub mod real {
    use std::{hint, sync};

    /// The longest pause before a process sleeps, in spin hints.
    const MOST_PAUSES: u32 = 512;

    pub mod adding;
    pub mod owner;
    #[path = ""]
    pub mod ring {
        //! How the ends of a [ring](crate::ring) agree.
        use super::{hint, sync, word};

        #[path = "ring/positions.rs"]
        pub mod positions;
    }
    pub mod robust;
    #[cfg_attr(target_os = "linux", path = "word/kernel.rs")]
    #[cfg_attr(not(target_os = "linux"), path = "word/naps.rs")]
    pub mod word;
}

/// The same files, compiled a second time: on the model checker's threads, which stand for
/// processes.
#[path = ""]
pub mod model {
    use kit::model::{hint, lazy_static, sync, thread, thread_local};

    const MOST_PAUSES: u32 = 0;

    pub mod adding;
    pub mod modelled;
    #[path = "owner/modelled.rs"]
    pub mod owner;
    #[path = ""]
    pub mod ring {
        //! How the ends of a ring agree.
        use super::{hint, sync, word};

        #[path = "ring/positions.rs"]
        pub mod positions;
    }
    pub mod robust;
    #[path = "word/condvar.rs"]
    pub mod word;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
