//! A thread as an object: a struct that owns its state and has `run`, two ways to end it in order,
//! one that does not end it, and what becomes of its panic.
//!
//! Rust has no class to inherit from. [`Tally`] is moved into its thread, where `run` consumes it,
//! so nobody else can touch it meanwhile; `run` returns it, so whoever joins the thread gets the
//! state back. Each form's `Worker` has the same two functions, `start` and `stop`.

use std::any::Any;

use tracing::info_span;

use super::{lane, sync, thread};
use crate::Meeting;

pub mod flag;
pub mod flag_unseen;
pub mod hung_up;
pub mod panics;

/// The state that the worker owns: the numbers that it has added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub numbers: u32,
    /// Their sum.
    pub sum: u64,
}

impl Tally {
    fn add(&mut self, number: u32) {
        self.numbers += 1;
        self.sum += u64::from(number);
    }
}

/// Reads what a thread said when it panicked: the text of `panic!`, or `None` if it threw something
/// else.
///
/// ```
/// use threads_basics::real::worker::message;
///
/// let thread = std::thread::spawn(|| panic!("out of {}", "paper"));
/// let payload = thread.join().unwrap_err();
/// assert_eq!(message(&*payload), Some("out of paper"));
/// ```
pub fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    // A text without arguments comes as it stands in the program, one with arguments as it was put
    // together.
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

/// Waits for the worker, and says so in its owner's lane.
fn wait_for<R>(thread: thread::JoinHandle<R>) -> thread::Result<R> {
    let _waits = info_span!("waits", lane = "owner", what = "end of worker", from = "worker");
    thread.join()
}
