//! Tasks that use what all workers of a pool share: the counter and the lock, which are in shared
//! memory, and in the [`Context`] of each task.

use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Context;
use crate::report::pass_gate;

/// What a task does with the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SharedTask {
    /// Adds 1, this number of times, in one of three ways. Returns how often.
    Add {
        /// The way.
        how: How,
        /// How often.
        times: u64,
        /// Whether the task waits at the gate each time, between the read and the write.
        gate: bool,
    },
    /// Counts itself while it is at work: for 2 ms, or while it waits at the gate. Returns the
    /// number of tasks that are at work then.
    AtWork {
        /// Whether the task waits at the gate.
        gate: bool,
    },
}

/// A way to add 1 to the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// A read, and then a write: not atomic.
    Bare,
    /// The same two steps, under the shared lock.
    Locked,
    /// One atomic operation.
    Atomic,
}

/// Adds 1. `window` runs between the read and the write, or before the atomic operation.
fn add(context: &Context, how: How, window: impl Fn()) {
    let counter = context.counter();
    let in_two_steps = || {
        // Relaxed: if a lock is there, it orders them; if not, no ordering would help.
        let before = counter.load(Relaxed);
        window();
        counter.store(before + 1, Relaxed);
    };
    match how {
        How::Bare => in_two_steps(),
        How::Locked => {
            let _guard = context.lock();
            in_two_steps();
        }
        How::Atomic => {
            window();
            counter.fetch_add(1, Relaxed);
        }
    }
}

impl SharedTask {
    pub(crate) fn run(self, number: u64, context: &Context) -> u64 {
        match self {
            Self::Add { how, times, gate } => {
                let window = if gate { pass_gate } else { |_| () };
                (0..times).for_each(|_| add(context, how, || window(number)));
                times
            }
            Self::AtWork { gate } => {
                // SeqCst: the tasks' counts are compared with each other.
                let at_work = context.counter().fetch_add(1, SeqCst) + 1;
                if gate {
                    pass_gate(number);
                } else {
                    thread::sleep(Duration::from_millis(2));
                }
                context.counter().fetch_sub(1, SeqCst);
                at_work
            }
        }
    }
}
