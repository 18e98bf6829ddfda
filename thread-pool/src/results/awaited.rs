//! Awaits the handles: the thread that waits for the pool goes on with other async work meanwhile.
//!
//! That it does is what this form rests on. The first tasks meet only once a second async task has
//! come to them too, and that one has the same single thread as the one that awaits them. With
//! `wait` in place of `await`, that thread would be blocked, and nobody would ever go on.

use std::sync::Arc;

use tokio::runtime;

use super::{BuildError, Handle, Outcome, Tasks};
use crate::Gate;

/// Runs the tasks `1` to `tasks` on a pool of so many workers, and awaits them on one thread, which
/// is this one.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Panics
/// If there is no async runtime to be had.
///
/// # Blocking
/// Until all have been run; for ever, if there are fewer tasks than workers.
pub fn run(tasks: u64, workers: usize) -> Result<Outcome, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    let gate = Arc::new(Gate::default());
    let handles: Vec<Handle<u64>> = (1..=tasks)
        .map(|number| {
            let (gate, task) = (Arc::clone(&gate), shared.task(number));
            shared.submit(move || {
                gate.pass();
                task()
            })
        })
        .collect();
    let runtime =
        runtime::Builder::new_current_thread().build().expect("it needs no thread and no file");
    let results = runtime.block_on(async {
        let others = tokio::spawn(async move { gate.open() });
        let mut results = Vec::new();
        for handle in handles {
            results.push(handle.await.expect("no task panics"));
        }
        others.await.expect("it does not panic");
        results
    });
    Ok(shared.outcome(results))
}
