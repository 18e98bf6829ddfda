//! A pool of threads that share one queue: a channel, of which every worker has the receiving end.
//!
//! A worker waits in the channel for a job, runs it, and begins again. At the shutdown the sending
//! end is dropped: each worker runs what is still queued, until the channel says that nothing will
//! come any more, and ends.
//!
//! # When not
//! All workers meet at one queue, which short jobs feel. A job that waits for another job of its
//! pool may wait for ever (lesson `nested`).

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crossbeam_channel::{Receiver, SendError, Sender, unbounded};

use super::capacity::Capacity;
use super::runner::Runner;
use super::threads::Threads;
use crate::{Build, BuildError, Builder, Job, Pool, Reason, Rejected, WhenFull};

/// Runs jobs on threads that share one queue.
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
    /// None once the pool is shut down. Whoever puts a job into the queue holds this meanwhile:
    /// after the shutdown has had it, nobody does.
    entrance: RwLock<Option<Sender<Job>>>,
    queued: Receiver<Job>,
    bound: Option<(Arc<Capacity>, WhenFull)>,
    threads: Threads,
    runner: Runner,
    workers: usize,
}

impl Build for ChannelPool {
    fn build(builder: Builder) -> Result<Self, BuildError> {
        let (jobs, queued) = unbounded::<Job>();
        let bound =
            builder.queue.map(|(bound, when_full)| (Arc::new(Capacity::new(bound)), when_full));
        let runner = builder.runner();
        let threads = builder.start_all(|_| {
            let (queued, runner) = (queued.clone(), runner.clone());
            let room = bound.as_ref().map(|(room, _)| Arc::clone(room));
            move || {
                for job in queued {
                    if let Some(room) = &room {
                        room.give_back();
                    }
                    runner.run(job);
                }
            }
        });
        let (threads, refused) =
            threads.map_or_else(|(few, refused)| (few, Some(refused)), |all| (all, None));
        let workers = builder.workers;
        let pool =
            Self { entrance: RwLock::new(Some(jobs)), queued, bound, threads, runner, workers };
        // If too few were started, the pool is dropped here, and with it they are ended.
        refused.map_or(Ok(pool), Err)
    }
}

impl Pool for ChannelPool {
    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let Some((room, when_full)) = &self.bound else { return self.queue(job) };
        let admitted = match when_full {
            WhenFull::Block => room.take(),
            WhenFull::Reject | WhenFull::RunInCaller => room.try_take(),
        };
        if admitted {
            return self.queue(job);
        }
        if self.is_closed() {
            return Err(Reason::ShutDown.hands_back(job));
        }
        if *when_full == WhenFull::Reject {
            return Err(Reason::Full.hands_back(job));
        }
        self.runner.run_in_caller(job);
        Ok(())
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn queued(&self) -> usize {
        match &self.bound {
            // As it decides who finds room: a job that a worker has just taken has its room for a
            // moment more.
            Some((room, _)) if !self.is_closed() => room.waiting(),
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
    /// Queues a job for which there is room.
    fn queue(&self, job: Job) -> Result<(), Rejected> {
        match &*self.entrance() {
            Some(jobs) => jobs.send(job).map_err(|SendError(job)| Reason::ShutDown.hands_back(job)),
            None => Err(Reason::ShutDown.hands_back(job)),
        }
    }

    fn close(&self) {
        drop(self.entrance.write().unwrap_or_else(PoisonError::into_inner).take());
        if let Some((room, _)) = &self.bound {
            room.close();
        }
    }

    fn is_closed(&self) -> bool {
        self.entrance().is_none()
    }

    fn entrance(&self) -> RwLockReadGuard<'_, Option<Sender<Job>>> {
        self.entrance.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ChannelPool {
    /// Shuts it down.
    ///
    /// # Blocking
    /// As long as the jobs take.
    fn drop(&mut self) {
        self.shutdown();
    }
}
