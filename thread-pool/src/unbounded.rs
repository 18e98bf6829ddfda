//! Thousands of tasks: a thread for each, beside a pool of a few.
//!
//! Both forms run the same tasks. Task `n` adds up 1 to `n`, so what all of them must come to is
//! known, and notes that it was run. A thread for each task is what `threading.Thread` in a loop
//! amounts to: nothing bounds how many there are at once, but how fast the first ones end. Here
//! none ends before all are started (see [`per_task`]), which is what happens by itself where tasks
//! wait for a network or a disk.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

pub use crate::BuildError;
use crate::thread_count::System;

pub mod per_task;
pub mod pooled;

/// Says what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the tasks' results add up to.
    pub sum: u64,
    /// How often each task was run.
    pub runs: Vec<u32>,
    /// The most threads for tasks that were alive at once, as they counted themselves.
    pub most_alive: usize,
    /// What the system counted before the first of them was started, and when most were alive; on
    /// Linux.
    pub system: Option<[System; 2]>,
    /// The time from the first start to the last join.
    pub took: Duration,
}

/// Runs an eighth of the tasks, a quarter, half and all of them, each time with a thread for each
/// and then on a pool.
pub fn curve(
    count: usize,
    workers: usize,
) -> impl Iterator<Item = Result<[Outcome; 2], BuildError>> {
    let mut counts = [8, 4, 2, 1].map(|part| count / part).to_vec();
    counts.retain(|count| *count > 0);
    counts.into_iter().map(move |count| Ok([per_task::run(count)?, pooled::run(count, workers)?]))
}

/// The tasks `1` to `count`, and how often each was run.
#[derive(Debug)]
struct Tasks(Vec<AtomicU32>);

impl Tasks {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| AtomicU32::new(0)).collect())
    }

    /// Runs one task.
    fn run(&self, number: usize) -> u64 {
        self.0[number - 1].fetch_add(1, Relaxed);
        // Unseen by the optimiser, which knows a shorter way.
        (1..=number as u64).fold(0, |sum, next| black_box(sum + next))
    }

    /// Says how often each was run. The threads that ran them have been joined.
    fn runs(&self) -> Vec<u32> {
        self.0.iter().map(|runs| runs.load(Relaxed)).collect()
    }
}

/// Says what the results of the tasks `1` to `count` add up to.
pub fn expected(count: usize) -> u64 {
    let count = count as u64;
    count * (count + 1) * (count + 2) / 6
}

/// Says of which threads the lanes are drawn: some, from the first to the last, of thousands.
fn drawn(number: usize, count: usize) -> bool {
    (number - 1).is_multiple_of(count.div_ceil(8))
}
