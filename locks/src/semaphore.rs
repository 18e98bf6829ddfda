//! At most so many inside as there are permits, of one more who want in; and someone who gives back a permit that was never taken.
//!
//! Before they come, a clean-up goes wrong: it gives back what it has not taken. The forms differ in what a semaphore says to that.

use std::time::Duration;

use tracing::info_span;

use super::crew::{crew, member};
use super::primitives;
use super::primitives::semaphore::Semaphore;
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use crate::Cues;

pub mod bounded;
pub mod permits;
pub mod unbounded;

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many were inside at once, at the most.
    pub most_inside: u32,
    /// Whether the permit that was never taken was refused.
    pub refused: bool,
}

/// Counts who is inside, for the lesson to see: no part of the semaphore.
#[derive(Debug)]
struct Inside {
    semaphore: Semaphore,
    now: AtomicU32,
    most: AtomicU32,
    /// How many want in.
    threads: u32,
    cues: Cues,
}

impl Inside {
    fn new(semaphore: Semaphore, permits: u32, cues: &Cues) -> Arc<Self> {
        let threads = permits + 1;
        Arc::new(Self {
            semaphore,
            threads,
            now: AtomicU32::new(0),
            most: AtomicU32::new(0),
            cues: cues.clone(),
        })
    }

    /// Counts this thread while it is inside.
    ///
    /// The window is wide with cues: each waits for all others, for as long as they might need to come in.
    fn stay(&self, moment: Duration, pace: Duration) {
        let _holds = info_span!("holds", what = "permit");
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        self.cues.give();
        self.cues.wait_for(self.threads, moment);
        std::thread::sleep(pace);
        self.now.fetch_sub(1, Relaxed);
    }
}

/// Lets all in, as the form does it; returns how many were inside at once, at the most.
fn all(inside: &Arc<Inside>, enter: impl Fn(&Inside) + Copy + Send + 'static) -> u32 {
    let names = ["t1", "t2", "t3"].into_iter().zip(0..inside.threads);
    crew(inside, names.map(|(name, _)| member(name, enter)));
    inside.most.load(Relaxed)
}
