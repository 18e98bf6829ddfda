//! A thread for each task.
//!
//! The threads are held at a gate until the last one is started, in the open: with tasks as short
//! as these, how many are alive at once would be a matter of luck. So all of them are alive at
//! once, on every run.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use tracing::info_span;

use super::{BuildError, Outcome, System, Tasks, drawn};
use crate::Gate;
use crate::thread_count::ThreadCount;

/// Runs the tasks `1` to `count`, each on a thread of its own, all of which are alive at once.
///
/// # Errors
/// [`BuildError`], if the system has no room for so many; those that were started are let through and
/// joined.
///
/// A limit on threads or on a thread's stack is met so. Where the last byte of memory is gone, a
/// thread that has been started may find no room for the rest of what it needs, and std ends the
/// program.
pub fn run(count: usize) -> Result<Outcome, BuildError> {
    run_on(count, |_| Builder::new())
}

/// As [`run`], with a say in how the thread of each task is made.
///
/// # Errors
/// As [`run`].
pub fn run_on(count: usize, builder: impl Fn(usize) -> Builder) -> Result<Outcome, BuildError> {
    let shared = Arc::new((Tasks::new(count), ThreadCount::default(), Gate::default()));
    let (tasks, thread_count, gate) = &*shared;
    let before = System::now();
    let begun = Instant::now();
    let mut threads: Vec<JoinHandle<u64>> = Vec::with_capacity(count);
    let mut refused = None;
    for number in 1..=count {
        let shared = Arc::clone(&shared);
        let spans = drawn(number, count);
        let thread = builder(number).name(format!("t{number}")).spawn(move || {
            let (tasks, thread_count, gate) = &*shared;
            let _alive = thread_count.enter();
            let waits = spans.then(|| info_span!("waits", what = "gate"));
            gate.pass();
            drop(waits);
            let _runs = spans.then(|| info_span!("runs", what = number));
            tasks.run(number)
        });
        match thread {
            Ok(thread) => threads.push(thread),
            Err(source) => {
                refused = Some(BuildError { started: threads.len(), wanted: count, source });
                break;
            }
        }
    }
    gate.until_waiting(threads.len());
    let most = System::now();
    gate.open();
    let sum = threads.into_iter().map(|thread| thread.join().expect("a task does not panic")).sum();
    match refused {
        Some(refused) => Err(refused),
        None => Ok(Outcome {
            sum,
            runs: tasks.runs(),
            most_alive: thread_count.most(),
            system: before.zip(most).map(Into::into),
            took: begun.elapsed(),
        }),
    }
}
