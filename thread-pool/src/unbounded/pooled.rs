//! The same tasks on a pool: as many threads as it has workers, however many tasks there are.
//!
//! There is no gate here: a task that waited for all others to be started would keep its worker,
//! and with all workers kept nobody would be left to start them.

use std::sync::Arc;
use std::time::Instant;

use tracing::info_span;

use super::{BuildError, Outcome, System, Tasks};
use crate::thread_count::ThreadCount;
use crate::{Builder, ChannelPool, Pool};

/// Runs the tasks `1` to `count` on a pool of so many workers.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
pub fn run(count: usize, workers: usize) -> Result<Outcome, BuildError> {
    let tasks = Arc::new(Tasks::new(count));
    let before = System::now();
    let begun = Instant::now();
    let thread_count = Arc::new(ThreadCount::default());
    let (counted, alive) = (Arc::clone(&thread_count), Arc::clone(&thread_count));
    let pool = Builder::new()
        .workers(workers)
        .on_start(move |_| counted.come())
        .on_stop(move |_| alive.go());
    let pool: ChannelPool = pool.build()?;
    let mut handles = Vec::with_capacity(count);
    for number in 1..=count {
        let tasks = Arc::clone(&tasks);
        let task = move || {
            let _runs = info_span!("runs", what = number);
            tasks.run(number)
        };
        handles.push(pool.submit(task).expect("it has no bound, and is not shut down"));
    }
    let sum = handles.into_iter().map(|handle| handle.wait().expect("no task panics")).sum();
    // The workers are all there until the pool is dropped.
    let most = System::now();
    drop(pool);
    Ok(Outcome {
        sum,
        runs: tasks.runs(),
        most_alive: thread_count.most(),
        system: before.zip(most).map(Into::into),
        took: begun.elapsed(),
    })
}
