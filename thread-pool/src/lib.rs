#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # Where to read
//!
//! | lesson | module | the question |
//! | --- | --- | --- |
//! | `unbounded` | [`unbounded`] | What does a thread for each task cost? |
//! | `submit` | [`submit`] | Does `submit` wait? |
//! | `shutdown` | [`shutdown`] | What happens to queued tasks at the end? |
//! | `callback` | [`callback`] | Which thread calls a callback? |
//! | `results` | [`results`] | When is a result asked for, and what does that decide? |
//! | `panic` | [`mod@panic`] | Where is a panic reported? |
//! | `cancel` | [`cancel`], [`real::cancel_race`] | What can be cancelled, and by which atomic step? |
//! | `back-pressure` | [`back_pressure`] | What does a full queue do? |
//! | `nested` | [`nested`] | May a task wait for a task of its own pool? |
//! | `stealing` | [`imbalance`] | What waits behind a long task? |
//! | `sizing` | [`sizing`] | How many workers? |
//! | `elastic` | [`elastic`] | When does a pool start a thread, and when does one end? |
//! | `priority` | [`priority`] | What does an urgent task overtake, and for how long? |
//! | `thread-locals` | [`thread_locals`] | What does a task leave on its thread? |
//!
//! The library itself is in [`pool`], which begins with its layout. A function of a lesson returns
//! [`BuildError`] if the system has no room for its threads.

pub mod pool;
pub use pool::{
    AsCompleted, BuildError, Builder, CancelToken, ChannelPool, Handle, Job, Outcome, Pool,
    RayonPool, Reason, Rejected, Scope, ScopedHandle, StealingPool, TaskError, WhenFull,
    as_completed,
};

// What lessons are made with.
mod gate;
mod on_pool;
pub mod thread_count;
use gate::Gate;

pub mod back_pressure;
pub mod callback;
pub mod cancel;
pub mod elastic;
pub mod imbalance;
pub mod nested;
pub mod panic;
pub mod priority;
pub mod results;
pub mod shutdown;
pub mod sizing;
pub mod submit;
pub mod thread_locals;
pub mod unbounded;

/// Lessons whose interleavings matter, on real threads.
#[path = ""]
pub mod real {
    use kit::real::lane;
    use std::sync;

    pub mod cancel_race;
}

/// The same files, compiled a second time: on the model checker's threads.
#[doc(hidden)]
#[path = ""]
pub mod model {
    use kit::model::{lane, sync};

    pub mod cancel_race;

    #[path = "nested/model.rs"]
    pub mod nested;
}
