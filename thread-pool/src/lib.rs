//! Why threads are reused, and what a pool has to get right. The topic's page is its `README.md`.

mod as_completed;
mod builder;
mod cell;
pub mod census;
mod channel;
mod gate;
mod handle;
mod job;
mod outcome;
mod pool;
mod rayon_pool;
mod room;
mod runner;
mod scope;
mod stealing;
mod task;
mod threads;
mod token;
mod waiting;
mod work;

// What `task` takes from its parent; in the tests, it is compiled on Loom's.
use std::sync;

pub use as_completed::{AsCompleted, as_completed};
pub use builder::{Build, Builder, Refused, WhenFull};
pub use channel::ChannelPool;
pub use gate::Gate;
pub use handle::Handle;
pub use job::{Job, Reason, Rejected};
pub use outcome::{Outcome, TaskError};
pub use pool::Pool;
pub use rayon_pool::RayonPool;
pub use scope::{Scope, ScopedHandle};
pub use stealing::{StealingPool, Tally};
pub use token::Token;

// The lessons, each under the name of its subcommand (`stealing` is `skew`, beside the pool), and
// what their child processes are.
pub mod back_pressure;
pub mod callback;
pub mod cancel;
pub mod nested;
pub mod panic;
pub mod results;
pub mod role;
pub mod shutdown;
pub mod sizing;
pub mod skew;
pub mod submit;
pub mod unbounded;

/// Lessons whose interleavings matter, on real threads.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod claim;
}

/// The same files, compiled a second time: on the model checker's threads.
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    pub mod claim;

    #[path = "nested/modelled.rs"]
    pub mod nested;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
