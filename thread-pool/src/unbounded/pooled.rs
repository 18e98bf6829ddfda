//! The same tasks on a pool: as many threads as it has workers, however many tasks there are.
//!
//! There is no gate here: a task that waited for all others to be started would keep its worker, and with all workers
//! kept nobody would be left to start them.

use std::sync::{Arc, mpsc};
use std::time::Instant;

use tracing::info_span;

use super::{Outcome, Refused, System, Tasks};
use crate::channel::ChannelPool;

/// Runs the tasks `1` to `count` on a pool of so many workers.
///
/// # Errors
/// [`Refused`], if the system has no room for the workers.
pub fn run(count: usize, workers: usize) -> Result<Outcome, Refused> {
    let tasks = Arc::new(Tasks::new(count));
    let before = System::now();
    let begun = Instant::now();
    let pool = ChannelPool::new(workers)?;
    let census = pool.census();
    let (results, received) = mpsc::channel();
    for number in 1..=count {
        let (tasks, results) = (Arc::clone(&tasks), results.clone());
        pool.run(move || {
            let _runs = info_span!("runs", what = number);
            // The other end is there until all results are.
            let _ = results.send(tasks.run(number));
        });
    }
    drop(results);
    let sum = received.iter().sum();
    // The workers are all there until the pool is dropped.
    let most = System::now();
    drop(pool);
    Ok(Outcome {
        sum,
        runs: tasks.runs(),
        most_alive: census.most(),
        system: before.zip(most).map(Into::into),
        took: begun.elapsed(),
    })
}
