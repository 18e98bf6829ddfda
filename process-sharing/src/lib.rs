#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # Lessons and files
//!
//! | lesson | file | question |
//! | --- | --- | --- |
//! | `not-shared` | [`not_shared`] | Do processes share a plain variable? |
//! | `value` | [`value`] | How does a child change a value of its parent? |
//! | `array` | [`array`](mod@array) | And several values that belong together? |
//! | `named-memory` | [`named_memory`] | How is memory shared with a process that is no relative? |
//! | `manager` | [`manager`] | Why is a change to a proxied list lost? |
//! | `queue` | [`queue`] | Why does my program hang in `join`? |
//! | `pipe` | [`pipe`] | When does the other end of a pipe end? |
//! | `unnamed-pipe` | [`unnamed_pipe`] | When do two writers' messages mix? |
//! | `fifo` | [`fifo`] | How do processes meet that are no relatives? |
//! | `message-queue` | `message_queue` | What outlives the processes that use it? |
//! | `socket` | [`socket`] | How is an open file handed to another process? |
//! | `semaphore` | [`semaphore`] | How many processes may be in at once? |
//! | `signal` | `signal` | Why was my second signal lost? |
//! | `ring` | [`ring`], [`shared_memory::ring`] | How are messages sent without the kernel? |
//! | `process-lock` | [`process_lock`], [`counter`] | How do a thousand processes count? |
//! | `owner-died` | [`owner_died`] | What happens to the lock of a killed process? |
//! | `file-lock` | [`file_lock`] | Which lock does the kernel release? |
//! | `ipc-compared` | [`ipc_compared`] | What does each means cost? |
//!
//! A lesson's functions take the path of this topic's binary, which they start as their children, and
//! return an error if a child cannot be started, or fails.
//!
//! Below them: [`shared_memory`], the library that is made by hand; [`child`], a child process that
//! a lesson talks with; [`names`], which has a run's names in the system removed.

// What `counter.rs` is compiled against; in `model` it is the model checker's.
use std::sync;

pub mod child;
mod links;
pub mod message;
pub mod named_semaphore;
pub mod names;
mod parent;
mod proxies;
pub mod shared_memory;

pub mod array;
pub mod counter;
pub mod fifo;
pub mod file_lock;
pub mod ipc_compared;
pub mod manager;
#[cfg(target_os = "linux")]
pub mod message_queue;
pub mod named_memory;
pub mod not_shared;
pub mod owner_died;
pub mod pipe;
pub mod process_lock;
pub mod queue;
pub mod ring;
pub mod semaphore;
#[cfg(target_os = "linux")]
pub mod signal;
pub mod socket;
pub mod unnamed_pipe;
pub mod value;

/// The files by which processes synchronise, compiled for the model checker, and the models.
#[doc(hidden)]
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    pub mod counter;
    pub mod models;
    pub mod protocols;
    #[path = "shared_memory"]
    pub mod shared_memory {
        use kit::model::{hint, lazy_static, sync, thread_local};

        const BACK_OFF_STEPS: u32 = 0;

        pub mod patience;
        pub mod positions;
        #[path = "process_id/model.rs"]
        pub mod process_id;
        pub mod robust_lock;
        #[path = "word/model.rs"]
        pub mod word;
    }
}
