//! Asks for the results in the order in which the tasks end, whatever the order in which they were
//! submitted.
//!
//! So that the order is known, each task has a gate of its own, and they are opened one by one, the
//! last one first, as the results come: in the order of the submission nothing would come here
//! until all is over.

use std::sync::Arc;

use tracing::info_span;

use super::{BuildError, Outcome, Tasks};
use crate::{Gate, as_completed};

/// Runs the tasks `1` to as many as there are workers on a pool of these; the results come from the
/// last task to the first.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
///
/// # Blocking
/// Until all have been run.
pub fn run(workers: usize) -> Result<Outcome, BuildError> {
    let shared = Tasks::that_meet(workers)?;
    let gates: Vec<Arc<Gate>> = (0..workers).map(|_| Arc::default()).collect();
    let submitted = gates.iter().zip(1..).map(|(gate, number)| {
        let (gate, task) = (Arc::clone(gate), shared.task(number));
        shared.submit(move || {
            let result = task();
            let _waits = info_span!("waits", what = "gate");
            gate.pass();
            result
        })
    });
    // Collected before any is asked for, or they would be submitted one at a time.
    let mut results = as_completed(submitted.collect::<Vec<_>>());
    let in_turn = gates.iter().rev().map(|gate| {
        gate.open();
        let (_, outcome) = results.next().expect("one comes for each");
        outcome.expect("no task panics")
    });
    let results = in_turn.collect();
    Ok(shared.outcome(results))
}
