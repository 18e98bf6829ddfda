//! A thread as an object: a struct that owns its state and has `run`, two ways to end it in order,
//! one that does not end it, and what becomes of its panic.
//!
//! Rust has no class to inherit from: a type gives `run`, and a trait has `start`
//! ([`Runnable`](own_run::Runnable)). In the other variants, [`Total`] is moved into its thread,
//! where `run` consumes it, so no other thread can touch it meanwhile; `run` returns it, so `join`
//! returns the state. Each variant's `Worker` has the same two functions, `start` and `stop`.

use std::any::Any;

use tracing::info_span;

use super::{lane, sync, thread};
use kit::sync_point::SyncPoint;

pub mod flag;
pub mod flag_unseen;
pub mod hung_up;
pub mod own_run;
pub mod panics;

/// The state that the worker owns: the numbers that it has added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many they are.
    pub numbers: u32,
    /// Their sum.
    pub sum: u64,
}

impl Total {
    fn add(&mut self, number: u32) {
        self.numbers += 1;
        self.sum += u64::from(number);
    }
}

/// Returns the message of a panic: the text of `panic!`, or `None` for another payload.
pub fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    // A text without arguments is a `&str`, one with arguments was formatted into a `String`.
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

/// Joins the worker, in its owner's lane.
#[track_caller]
fn wait_for<R>(thread: thread::JoinHandle<R>) -> thread::Result<R> {
    let _waits = info_span!("waits", lane = "owner", what = "end of worker", from = "worker");
    thread.join()
}
