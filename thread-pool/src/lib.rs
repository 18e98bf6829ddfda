//! Why threads are reused, and what a pool has to get right. The topic's page is its `README.md`.

pub mod pool;
pub use pool::{
    AsCompleted, Build, BuildError, Builder, CancelToken, ChannelPool, Handle, Job, Outcome, Pool,
    RayonPool, Reason, Rejected, Scope, ScopedHandle, StealingPool, Tally, TaskError, WhenFull,
    as_completed,
};

mod gate;
pub mod thread_count;
pub use gate::Gate;

// The lessons, each under the name of its subcommand (`stealing` is `imbalance`).
pub mod back_pressure;
pub mod callback;
pub mod cancel;
pub mod imbalance;
pub mod nested;
pub mod panic;
pub mod results;
pub mod shutdown;
pub mod sizing;
pub mod submit;
pub mod unbounded;

/// Lessons whose interleavings matter, on real threads.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod cancel_race;
}

/// The same files, compiled a second time: on the model checker's threads.
#[doc(hidden)]
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    pub mod cancel_race;

    #[path = "nested/model.rs"]
    pub mod nested;
}

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
