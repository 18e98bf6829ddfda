#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # The lessons, and where they are
//!
//! | lesson | file | question |
//! | --- | --- | --- |
//! | `submit` | [`submit`] | How do ten tasks get to four processes, and when can one be cancelled? |
//! | `shutdown` | [`shutdown`] | What becomes of queued and running tasks when the pool ends? |
//! | `callback` | [`callback`] | In which process, and on which thread, does a callback run? |
//! | `lock` | [`lock`] | How do workers share a number and a lock? |
//! | `map` | [`map`] | In which order do the results of many tasks come? |
//! | `as-completed` | [`mod@as_completed`] | How does a caller get results as they come? |
//! | `chunk` | [`chunk`] | How many tasks go in a message, and what does a long one delay? |
//! | `initializer` | [`initializer`] | What does a worker find that its caller prepared? |
//! | `retire` | [`retire`] | Why replace a healthy worker? |
//! | `crash` | [`crash`] | What does the caller learn when a worker dies in the middle of a task? |
//! | `poison` | [`poison`] | What if the task itself kills its worker? |
//! | `timeout` | [`timeout`] | What does a timeout end: the wait, or the task? |
//! | `versus-threads` | [`versus_threads`] | When should workers be processes? |
//!
//! A lesson's function fails with the error of its pool or of a task, or when a worker reports
//! nothing.

mod connections;
mod pool;
mod report;

pub use pool::{
    AsCompleted, Builder, Context, Error, Guard, Handle, OnDeath, Options, Outcome, Pool, Task,
    as_completed, enter,
};

// What the lessons are made of: their tasks, and how they watch their workers.
pub mod lesson_task;
pub mod observer;
pub mod shared_task;
pub mod static_task;

// The lessons.
pub mod as_completed;
pub mod callback;
pub mod chunk;
pub mod crash;
pub mod initializer;
pub mod lock;
pub mod map;
pub mod poison;
pub mod retire;
pub mod shutdown;
pub mod submit;
pub mod timeout;
pub mod versus_threads;

#[doc(hidden)]
pub mod model;
