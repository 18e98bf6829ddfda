//! Memory that several processes share, the locks that work in it, and a ring of messages.
//!
//! # Layout
//! In reading order; each file uses only those above it.
//!
//! | file | what it is |
//! | --- | --- |
//! | `memory.rs` | [`Mapping`], pages that several processes map |
//! | `shared.rs` | [`Shared`], one value in them, of a type that is [`Share`] |
//! | `word/` | [`word::Word`], a futex word: processes sleep on it and wake each other |
//! | `process_id.rs` | [`ProcessId`], which process holds something, and whether it still lives |
//! | `robust_lock.rs` | [`robust_lock::RawRobustLock`], a lock that outlives its owner |
//! | `robust_mutex.rs` | [`RobustMutex`], a value under that lock |
//! | `pthread.rs` | [`PthreadMutex`], libc's lock, to compare with |
//! | `patience.rs` | [`patience::Patience`], how often an end of a ring spins before it sleeps |
//! | `positions.rs` | how the two ends of a ring synchronise |
//! | `ring.rs`, `ring/` | [`ring::Ring`], messages from one process to one other |
//!
//! `word/`, `process_id/`, `robust_lock.rs`, `patience.rs` and `positions.rs` are what processes
//! synchronise by. They are compiled again for the model checkers, whose threads stand for processes:
//! for Shuttle in this crate's hidden module `model`, for Loom in the tests. There, `word/model.rs`
//! and `process_id/model.rs` take the places of the system's calls.

use std::{hint, sync};

/// The number of steps of the exponential back-off before a process sleeps: 1 to 512 spin hints.
const BACK_OFF_STEPS: u32 = 10;

mod memory;
pub mod patience;
pub mod positions;
mod process_id;
mod pthread;
pub mod ring;
pub mod robust_lock;
mod robust_mutex;
mod shared;
#[cfg_attr(target_os = "linux", path = "shared_memory/word/futex.rs")]
#[cfg_attr(not(target_os = "linux"), path = "shared_memory/word/poll.rs")]
pub mod word;

pub use memory::{MapMode, Mapping, PAGE};
pub use process_id::ProcessId;
pub use pthread::PthreadMutex;
pub use robust_mutex::{Guard, OwnerDied, Plain, RobustMutex};
pub use shared::{Share, Shared};
