//! How processes share data, and at what price. The topic's page is its `README.md`.
//!
//! What the lessons on shared memory are made of: [`memory`], which processes have in common; [`real::word`], on which they sleep;
//! [`real::owner`], which says who of them still lives; [`ring`], a queue out of all three.

pub mod child;
pub mod compared;
pub mod fifo;
pub mod file_lock;
pub mod manager;
pub mod memory;
pub mod memory_role;
#[cfg(target_os = "linux")]
pub mod message_queue;
pub mod names;
pub mod not_shared;
pub mod part;
pub mod peer;
pub mod pipe;
pub mod queue;
pub mod ring;
pub mod role;
pub mod semaphore;
#[cfg(target_os = "linux")]
pub mod signal;
pub mod socket;

/// What processes agree by, on std's atomics.
#[path = ""]
pub mod real {
    use std::{hint, sync};

    pub mod owner;
    #[path = ""]
    pub mod ring {
        //! How the ends of a [ring](crate::ring) agree.
        use super::{hint, sync, word};

        #[path = "ring/positions.rs"]
        pub mod positions;
    }
    #[cfg_attr(target_os = "linux", path = "word/kernel.rs")]
    #[cfg_attr(not(target_os = "linux"), path = "word/naps.rs")]
    pub mod word;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
