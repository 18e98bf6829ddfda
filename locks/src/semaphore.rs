//! At most so many inside as there are permits, of one more who want in; and someone who gives back
//! a permit that was never taken.
//!
//! Before they come, a clean-up goes wrong: it gives back what it has not taken. The forms differ
//! in what a semaphore says to that.

use std::time::Duration;

use tracing::info_span;

use super::inside::Inside;
use super::lane::{crew, member};
use super::primitives;
use super::primitives::semaphore::Semaphore;
use super::sync::Arc;
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

/// What the threads share.
#[derive(Debug)]
struct Shared {
    semaphore: Semaphore,
    inside: Inside,
    /// How many want in.
    threads: u32,
    cues: Cues,
}

impl Shared {
    fn new(semaphore: Semaphore, permits: u32, cues: &Cues) -> Arc<Self> {
        Arc::new(Self {
            semaphore,
            inside: Inside::new(),
            threads: permits + 1,
            cues: cues.clone(),
        })
    }

    /// Stays inside.
    ///
    /// The window is wide with cues: each waits until there are as many inside as there are
    /// permits, however long they take, and then for one more, for a moment.
    fn stay(&self, moment: Duration, pace: Duration) {
        self.inside.during("permit", || {
            self.cues.give();
            self.cues.wait(self.threads - 1);
            self.cues.wait_for(self.threads, moment);
            std::thread::sleep(pace);
        });
    }
}

/// Lets all in, as the form does it; returns how many were inside at once, at the most.
fn all(shared: &Arc<Shared>, enter: impl Fn(&Shared) + Copy + Send + 'static) -> u32 {
    let names = ["t1", "t2", "t3"].into_iter().zip(0..shared.threads);
    crew(shared, names.map(|(name, _)| member(name, enter)));
    shared.inside.most()
}
