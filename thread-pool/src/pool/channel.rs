//! A pool of threads that share one queue: a channel, of which every worker has a receiver.
//!
//! A worker receives a job, runs it, and receives the next. A shutdown drops the sender: each worker
//! runs what is still queued, until the channel is disconnected and empty, and ends.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crossbeam_channel::{Receiver, SendError, Sender, unbounded};

use super::capacity::{Admission, Capacity};
use super::threads::Threads;
use crate::{BuildError, Builder, Job, Pool, Reason, Rejected};

/// A pool of threads that share one queue.
///
/// ```
/// use thread_pool::{Builder, ChannelPool, Pool};
///
/// let pool: ChannelPool = Builder::new().workers(2).build()?;
/// let squares = pool.map(1..=4, |n| n * n)?;
/// assert_eq!(squares.into_iter().collect::<Result<Vec<_>, _>>()?, [1, 4, 9, 16]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ChannelPool {
    /// `None` once the pool is shut down. A submitter holds the read lock while it sends: after the
    /// shutdown has had the write lock, no job is on its way into the queue.
    sender: RwLock<Option<Sender<Job>>>,
    queued: Receiver<Job>,
    admission: Admission,
    threads: Threads,
}

impl Pool for ChannelPool {
    fn build(builder: Builder) -> Result<Self, BuildError> {
        let (sender, queued) = unbounded::<Job>();
        let admission = Admission::new(&builder);
        let (threads, refused) = builder.start_all(|_| {
            let (queued, run) = (queued.clone(), admission.run_queued());
            move || queued.into_iter().for_each(run)
        });
        let pool = Self { sender: RwLock::new(Some(sender)), queued, admission, threads };
        // If too few were started, the pool is dropped here, which ends those.
        refused.map_or(Ok(pool), Err)
    }

    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let admitted = self.admission.admit(job, Capacity::acquire, || self.is_closed());
        let Some(job) = admitted? else { return Ok(()) };
        match &*self.sender() {
            Some(jobs) => jobs.send(job).map_err(|SendError(job)| Reason::ShutDown.hands_back(job)),
            None => Err(Reason::ShutDown.hands_back(job)),
        }
    }

    fn queued(&self) -> usize {
        match self.admission.capacity() {
            // The number that decides: a job that a worker has just received keeps its room for a
            // moment more.
            Some(capacity) if !self.is_closed() => capacity.waiting(),
            _ => self.queued.len(),
        }
    }

    fn shutdown(&self) {
        self.close();
        self.threads.join();
    }

    fn shutdown_now(&self) -> Vec<Job> {
        self.close();
        let back = self.queued.try_iter().collect();
        self.threads.join();
        back
    }
}

impl ChannelPool {
    /// Takes the job out of the queue that has been in it longest.
    pub(crate) fn take_oldest(&self) -> Option<Job> {
        let job = self.queued.try_recv().ok()?;
        if let Some(capacity) = self.admission.capacity() {
            capacity.release();
        }
        Some(job)
    }

    fn close(&self) {
        drop(self.sender.write().unwrap_or_else(PoisonError::into_inner).take());
        self.admission.close();
    }

    fn is_closed(&self) -> bool {
        self.sender().is_none()
    }

    fn sender(&self) -> RwLockReadGuard<'_, Option<Sender<Job>>> {
        self.sender.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ChannelPool {
    /// Shuts it down, and so blocks until the jobs are done.
    fn drop(&mut self) {
        self.shutdown();
    }
}
