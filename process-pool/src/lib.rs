//! When workers are better processes, and what happens when one dies. The topic's page is its
//! `README.md`.

mod as_completed;
mod builder;
mod callbacks;
mod channel;
mod error;
mod handle;
mod keeper;
mod office;
mod pool;
mod process;
mod shared;
mod slot;
mod start;
mod task;
mod ticket;
mod watch;
mod wire;
mod worker;
mod writer;

pub use as_completed::{AsCompleted, as_completed};
pub use builder::Builder;
pub use error::Error;
pub use handle::Handle;
pub use pool::Pool;
pub use shared::Guard;
pub use task::{Context, Task};
pub use ticket::{OnDeath, Options, Outcome};
pub use worker::enter;

// The lessons, as the command line has them, and the tasks that they give.
pub mod act;
pub mod callback;
pub mod chunk;
pub mod crash;
pub mod initializer;
pub mod job;
pub mod lock;
pub mod naive;
pub mod poison;
pub mod results;
pub mod retire;
pub mod role;
pub mod scene;
pub mod shutdown;
pub mod submit;
pub mod timeout;
pub mod versus_threads;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
