//! Why threads are reused, and what a pool has to get right. The topic's page is its `README.md`.

mod builder;
pub mod census;
mod channel;
mod gate;
mod handle;
mod job;
mod pool;
pub mod unbounded;

pub use builder::{Build, Builder, Refused, WhenFull};
pub use channel::ChannelPool;
pub use gate::Gate;
pub use handle::{Handle, Outcome, TaskError};
pub use job::{Job, Reason, Rejected};
pub use pool::Pool;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
