//! How results come home: one at a time, in the order of submission, in the order of completion, by
//! callback or by await.
//!
//! Each form has the same `run` and the same tasks: fifty of them on ten workers, task `n` waits 2
//! ms, as for a network, and counts to `n` squared. What differs is when the submitter asks for a
//! result, and that decides how many tasks are under way at once.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use tracing::info_span;

use super::submit::wait_and_count;
use crate::thread_count::ThreadCount;
use crate::{BuildError, Builder, ChannelPool, Handle, Pool};

pub mod as_completed;
pub mod awaited;
pub mod in_order;
pub mod map;
pub mod one_at_a_time;

/// Says what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The results as they came: what was counted to.
    pub results: Vec<u64>,
    /// The most tasks that were at work at once.
    pub most_at_once: usize,
    /// The time from the first submit to the last result.
    pub took: Duration,
}

/// The pool, and what its tasks share.
struct Tasks {
    pool: ChannelPool,
    at_work: Arc<ThreadCount>,
    /// Where the first tasks wait for each other, as many as there are workers; or nobody does.
    meeting: Option<Arc<Barrier>>,
    workers: usize,
    begun: Instant,
}

impl Tasks {
    /// Tasks of which nobody waits for another one.
    fn alone(workers: usize) -> Result<Self, BuildError> {
        let pool = Builder::new().workers(workers).build()?;
        Ok(Self { pool, at_work: Arc::default(), meeting: None, workers, begun: Instant::now() })
    }

    /// Tasks that are all at work at once, as many as there are workers, on every run: the first
    /// ones wait for each other before they do anything else.
    fn that_meet(workers: usize) -> Result<Self, BuildError> {
        let meeting = Some(Arc::new(Barrier::new(workers)));
        Ok(Self { meeting, ..Self::alone(workers)? })
    }

    /// Makes the task of that number, from 1.
    fn task(&self, number: u64) -> impl FnOnce() -> u64 + Send + 'static {
        let meeting = self.meeting.clone().filter(|_| number <= self.workers as u64);
        let at_work = Arc::clone(&self.at_work);
        move || {
            let _at_work = at_work.enter();
            if let Some(meeting) = meeting {
                meeting.wait();
            }
            let _runs = info_span!("runs", what = number);
            wait_and_count(number)
        }
    }

    fn submit(&self, task: impl FnOnce() -> u64 + Send + 'static) -> Handle<u64> {
        self.pool.submit(task).expect("it has no bound, and is not shut down")
    }

    fn outcome(&self, results: Vec<u64>) -> Outcome {
        Outcome { results, most_at_once: self.at_work.most(), took: self.begun.elapsed() }
    }
}

/// Waits for a result, and says so.
fn result(handle: Handle<u64>) -> u64 {
    let _waits = info_span!("waits", what = "result");
    handle.wait().expect("no task panics")
}
