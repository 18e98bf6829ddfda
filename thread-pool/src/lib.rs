//! Why threads are reused, and what a pool has to get right. The topic's page is its `README.md`.

mod builder;
pub mod census;
mod channel;
mod handle;
mod job;
mod pool;
mod stealing;
pub mod unbounded;

pub use builder::{Build, Builder, Refused, WhenFull};
pub use channel::ChannelPool;
pub use handle::{Handle, Outcome, TaskError};
pub use job::{Job, Reason, Rejected};
pub use pool::Pool;
pub use stealing::{StealingPool, Tally};

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
