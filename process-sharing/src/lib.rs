//! How processes share data, and at what price. The topic's page is its `README.md`.

pub mod child;
pub mod fifo;
pub mod file_lock;
pub mod manager;
#[cfg(target_os = "linux")]
pub mod message_queue;
pub mod names;
pub mod not_shared;
pub mod part;
pub mod peer;
pub mod pipe;
pub mod queue;
pub mod role;
pub mod semaphore;
#[cfg(target_os = "linux")]
pub mod signal;
pub mod socket;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
