//! A pool of threads that share one queue: a channel whose receiving end is behind a lock.
//!
//! A worker takes the lock, waits for a job, gives the lock back, runs the job, and begins again. One worker waits
//! in the channel, the others for the lock. When the pool is dropped, its sending end goes with it; each worker
//! runs what is still queued, until the channel says that nothing will come any more, and ends. The drop waits for that.
//!
//! ```
//! use thread_pool::channel::ChannelPool;
//! use std::sync::mpsc;
//!
//! let pool = ChannelPool::new(2)?;
//! let (results, received) = mpsc::channel();
//! for number in 1..=10 {
//!     let results = results.clone();
//!     pool.run(move || drop(results.send(number * number)));
//! }
//! drop(results);
//! assert_eq!(received.iter().sum::<u32>(), 385);
//! # Ok::<(), thread_pool::channel::Refused>(())
//! ```
//!
//! # When not
//! The queue has no bound: whoever submits faster than the workers run fills the memory. All workers meet at one lock, which
//! short jobs feel. A job that waits for another job of its pool may wait for ever. Where any of this matters, take rayon
//! (work that is computed) or a runtime (work that waits).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::{fmt, io};

use crate::census::Census;

type Job = Box<dyn FnOnce() + Send>;

/// Runs jobs on a fixed number of threads, `w1`, `w2` and so on.
#[derive(Debug)]
pub struct ChannelPool {
    /// The sending end; none once the pool is being dropped.
    jobs: Option<Sender<Job>>,
    workers: Vec<JoinHandle<()>>,
    census: Arc<Census>,
}

/// Says that the system has no room for a thread.
#[derive(Debug)]
pub struct Refused {
    /// How many had been started until then.
    pub started: usize,
    /// How many were wanted.
    pub wanted: usize,
    /// What the system said.
    pub source: io::Error,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the system refused thread {} of {}: {}", self.started + 1, self.wanted, self.source)
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl ChannelPool {
    /// Starts the workers.
    ///
    /// # Errors
    /// [`Refused`], if the system has no room for one of them; those that were started are ended and joined.
    ///
    /// # Panics
    /// For no workers: nobody would ever run a job.
    pub fn new(workers: usize) -> Result<Self, Refused> {
        assert!(workers > 0, "a pool has at least one worker");
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        let mut pool = Self { jobs: Some(sender), workers: Vec::new(), census: Arc::default() };
        for number in 1..=workers {
            let (receiver, census) = (Arc::clone(&receiver), Arc::clone(&pool.census));
            let worker = Builder::new().name(format!("w{number}")).spawn(move || {
                let _alive = census.enter();
                while let Some(job) = next(&receiver) {
                    // A job that panics has told its caller by dropping what it was to answer through; the worker goes on.
                    let _ = catch_unwind(AssertUnwindSafe(job));
                }
            });
            match worker {
                Ok(worker) => pool.workers.push(worker),
                Err(source) => return Err(Refused { started: number - 1, wanted: workers, source }),
            }
        }
        Ok(pool)
    }

    /// Queues a job for whichever worker is free first, and returns at once.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let sender = self.jobs.as_ref().expect("it is there until the pool is dropped");
        // The receiving end lives as long as a worker, and a worker as long as the sending end.
        sender.send(Box::new(job)).expect("the workers are there until the pool is dropped");
    }

    /// Returns the workers' count, which outlives them.
    pub fn census(&self) -> Arc<Census> {
        Arc::clone(&self.census)
    }
}

/// Waits for a job; `None` when none will come any more.
///
/// In a function of its own, so that the lock is given back when the job is there. In `while let Ok(job) =
/// receiver.lock().unwrap().recv() { job() }` the guard lives to the end of the loop's body: one job at a time, however
/// many workers.
fn next(receiver: &Mutex<Receiver<Job>>) -> Option<Job> {
    // Jobs run outside the lock, so none can poison it.
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl Drop for ChannelPool {
    /// Closes the queue, lets the workers run what is in it, and waits for their end.
    ///
    /// # Blocking
    /// As long as the jobs take. A pool that is dropped by one of its own jobs waits for itself.
    fn drop(&mut self) {
        drop(self.jobs.take());
        for worker in self.workers.drain(..) {
            // A worker catches its jobs' panics and has none of its own.
            let _ = worker.join();
        }
    }
}
