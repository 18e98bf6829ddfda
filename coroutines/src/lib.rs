#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # Lesson by lesson
//!
//! | lesson | file | question |
//! | --- | --- | --- |
//! | `generator` | [`generator`] | Where does a function that yields keep its place? |
//! | `future` | [`on_ours::future`] | When is a future polled again? |
//! | `pin` | [`pin`] | Why must a future not move? |
//! | `executor` | [`real::wake`] | How does an executor sleep without losing a wake-up? |
//! | | [`on_ours::run_loop`], [`executor`] | Which tasks does it poll, and when? |
//! | `tasks` | [`on_ours::tasks`] | How does a task end? |
//! | `join-and-select` | [`on_tokio::join_and_select`] | How does a task await several things? |
//! | | [`join_set`] | And how with a task for each? |
//! | `select-order` | [`on_tokio::select_order`] | Which branch has its turn if two are ready? |
//! | `futurelock` | [`on_tokio::futurelock`] | Can a task wait for itself? |
//! | `one-fails` | [`one_fails`] | What becomes of the siblings of one that fails? |
//! | `timeout` | [`on_tokio::timeout`] | What does a timeout stop? |
//! | `cancel` | [`on_tokio::cancel`] | What is lost when a future is dropped? |
//! | | [`cancel_safety`] | What do a half-read frame and tokio's operations lose? |
//! | `async-drop` | [`on_tokio::async_drop`] | Who does a clean-up that has to await? |
//! | `notify` | [`on_tokio::notify`] | Which notifications are lost? |
//! | `channels` | [`on_tokio::channels`] | What holds a fast producer back? |
//! | `semaphore` | [`on_tokio::semaphore`] | How are concurrent requests limited? |
//! | `stream` | [`stream`] | What polls the requests of a buffered stream? |
//! | `blocking` | [`blocking`] | What does one blocking call stop? |
//! | `cpu-bound` | [`on_tokio::cpu_bound`] | When does a task yield? |
//! | `guard` | [`on_tokio::guard`] | What may be held across an await? |
//! | `local` | [`on_tokio::local`] | Are there races on one thread? |
//! | `task-local` | [`on_tokio::task_local`] | Where is a request's id kept? |
//! | `shutdown` | [`shutdown`] | In which order do tasks end? |
//! | `reactor` | [`reactor`], [`executor`] | Which of a thousand sockets has a message? |
//! | `echo` | [`echo`] | A task or a thread for each connection? |
//! | `cost` | [`cost`] | What does it cost to wait, and to switch? |
//!
//! A lesson that asks little of its executor is one file, which calls it `super::runtime` and is
//! compiled once for each: tokio, ours, the model checker's. Its async functions panic on any other.
//! An empty path in `#[path = ""]` leaves the module's files where they are, beside this one.

pub mod generator;

pub mod channel;
pub mod executor;

pub mod lane;
pub mod loopback;
pub mod tokio_runtime;

mod contain;

/// How an executor sleeps, on real threads and std's locks.
#[path = ""]
pub mod real {
    use kit::real::lane;
    use std::{sync, thread};

    #[doc(hidden)]
    #[path = "shutdown/protocol.rs"]
    pub mod shutdown;
    pub mod wake;
}

/// The lessons on tokio.
#[path = ""]
pub mod on_tokio {
    use crate::tokio_runtime as runtime;

    pub mod async_drop;
    pub mod cancel;
    pub mod channels;
    pub mod cpu_bound;
    pub mod future;
    pub mod futurelock;
    pub mod guard;
    pub mod join_and_select;
    pub mod local;
    pub mod notify;
    pub mod run_loop;
    pub mod select_order;
    pub mod semaphore;
    #[path = "cost/task.rs"]
    pub mod task;
    pub mod task_local;
    pub mod tasks;
    pub mod timeout;
}

/// The same files, compiled a second time: on our own executor.
#[path = ""]
pub mod on_ours {
    use crate::executor as runtime;

    pub mod async_drop;
    pub mod cancel;
    pub mod channels;
    pub mod cpu_bound;
    pub mod future;
    pub mod futurelock;
    pub mod guard;
    pub mod join_and_select;
    pub mod local;
    pub mod notify;
    pub mod run_loop;
    pub mod select_order;
    pub mod semaphore;
    #[path = "cost/task.rs"]
    pub mod task;
    pub mod task_local;
    pub mod tasks;
    pub mod timeout;
}

// Some of them once more: on the model checker's threads, locks and tasks.
kit::model! {{
    use kit::model::{lane, runtime, sync, thread};

    pub use kit::model::runtime::block_on;

    pub mod async_drop;
    pub mod cancel;
    pub mod channels;
    pub mod futurelock;
    pub mod local;
    pub mod notify;
    pub mod semaphore;
    #[path = "shutdown/protocol.rs"]
    pub mod shutdown;
    pub mod task_local;
    pub mod wake;
} or {
    pub use crate::executor::block_on;
    pub use crate::on_ours::{
        async_drop, cancel, channels, futurelock, local, notify, semaphore, task_local,
    };
    pub use crate::real::{shutdown, wake};
}}

pub mod blocking;
pub mod cancel_safety;
pub mod cost;
pub mod echo;
pub mod join_set;
pub mod one_fails;
pub mod pin;
#[cfg(target_os = "linux")]
pub mod reactor;
pub mod shutdown;
pub mod stream;
