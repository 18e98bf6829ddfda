//! The library of this topic: a pool of worker processes.
//!
//! # Layout
//!
//! ```text
//!  the pool's process                                         a worker process, one for each slot
//!
//!  caller ── submit ──▶ queue            tasks channel
//!    ▲                    │   writer 1 ═══════════════════▶ main thread: runs the tasks
//!    │                    └─▶ writer 2   answers channel      │      │ notes what it runs
//!  handle ◀── result ─── supervisor 1 ◀═══════════════════════┘      ▼
//!    │                   supervisor 2         ▲             status word (shared memory)
//!    ▼                        │ reads it when the worker dies ──────┘
//!  callbacks (1 thread)       ▼
//!                        starts the next      control channel
//!  watchdog (1 thread) ═══════════════════════════════════▶ listener thread: returns what
//!    time limits, stopped workers                           the main thread has not begun
//! ```
//!
//! Each slot has two threads in the pool's process, so that neither channel can block the other
//! when it is full: the writer sends tasks, the supervisor reads answers. All threads share one
//! `PoolState` behind one mutex; a thread that submits task after task needs another one, that of the
//! `Inlet`, until a writer comes for more.
//!
//! Up to 64 tasks that are submitted one after the other share a `Block` of memory, for themselves
//! and for their outcomes, and one mutex for these. Each goes into its cell of it when it is
//! submitted, and stays there: what goes from thread to thread is a `Batch`, which owns a part of the
//! block, and no task is moved. So what is done for a batch (memory, counting of references, locks of
//! the writer and the supervisor) costs a task next to nothing, although each has a handle.
//!
//! | files | what they are |
//! | --- | --- |
//! | `interface.rs`, `builder.rs` | `Pool` and `Builder`: submit, map, shut down |
//! | `handle.rs`, `as_completed.rs` | the way to an outcome: wait, cancel, call back, await |
//! | `task.rs`, `options.rs`, `error.rs` | the trait `Task`; what becomes of it when a worker dies |
//! | `batch.rs` | tasks on their way |
//! | `block.rs`, `cells.rs` | the states of tasks; the memory of tasks and outcomes |
//! | `part.rs`, `place.rs` | what a batch has of a block; what a handle has of it |
//! | `pool_state.rs`, `slot.rs` | what the threads share: the queue, a slot for each worker |
//! | `inlet.rs` | where single tasks wait while all writers are busy |
//! | `writer.rs`, `supervisor.rs`, `start.rs`, `watchdog.rs`, `callbacks.rs` | the threads |
//! | `worker.rs`, `current_batch.rs` | the worker process; what its two threads share |
//! | `protocol.rs`, `answers.rs`, `channel.rs` | what a message holds, and the socketpair for it |
//! | `process.rs`, `pidfd.rs`, `shared_memory.rs` | processes, the memory that they share |
//! | `status_word.rs` | what a worker is at: which of its threads, or the watchdog, ends a task |

use std::sync;

use kit::cell;

mod answers;
mod as_completed;
mod batch;
mod block;
mod builder;
mod callbacks;
mod cells;
mod channel;
mod current_batch;
mod error;
mod handle;
mod inlet;
mod interface;
mod options;
mod part;
#[cfg(target_os = "linux")]
mod pidfd;
mod place;
mod pool_state;
mod process;
mod protocol;
mod shared_memory;
mod slot;
mod start;
mod status_word;
mod supervisor;
mod task;
mod watchdog;
mod worker;
mod writer;

pub use as_completed::{AsCompleted, as_completed};
pub use block::Outcome;
pub use builder::Builder;
pub use error::Error;
pub use handle::Handle;
pub use interface::Pool;
pub use options::{OnDeath, Options};
pub use shared_memory::Guard;
pub use task::{Context, Task};
pub use worker::enter;
