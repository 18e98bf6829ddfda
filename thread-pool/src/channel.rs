//! A pool of threads that share one queue: a channel, of which every worker has the receiving end.
//!
//! A worker waits in the channel for a job, runs it, and begins again. At the shutdown the sending end is dropped: each worker runs what is
//! still queued, until the channel says that nothing will come any more, and ends.
//!
//! # When not
//! All workers meet at one queue, which short jobs feel. A job that waits for another job of its pool may wait for ever (lesson `nested`).

use std::sync::{PoisonError, RwLock};

use crossbeam_channel::{Receiver, Select, SendError, Sender, TrySendError, bounded, unbounded};

use crate::builder::Runner;
use crate::threads::Threads;
use crate::{Build, Builder, Job, Pool, Reason, Refused, Rejected, WhenFull};

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
    /// None once the pool is shut down. Whoever puts a job into the queue without waiting holds this meanwhile: after the shutdown has
    /// had it, nobody does.
    entrance: RwLock<Option<Entrance>>,
    queued: Receiver<Job>,
    /// Of this nothing ever comes but the news that the other end is gone: the pool is shut down.
    closed: Receiver<()>,
    threads: Threads,
    runner: Runner,
    workers: usize,
    when_full: WhenFull,
}

/// What is dropped when the pool is shut down.
#[derive(Debug)]
struct Entrance {
    jobs: Sender<Job>,
    _open: Sender<()>,
}

impl Build for ChannelPool {
    fn build(builder: Builder) -> Result<Self, Refused> {
        let (jobs, queued) = builder.queue.map_or_else(unbounded, |(bound, _)| bounded(bound));
        let (_open, closed) = bounded(0);
        let runner = builder.runner();
        let threads = builder.start_all(|_| {
            let (queued, runner) = (queued.clone(), runner.clone());
            move || queued.into_iter().for_each(|job| runner.run(job))
        });
        let (threads, refused) =
            threads.map_or_else(|(few, refused)| (few, Some(refused)), |all| (all, None));
        let pool = Self {
            entrance: RwLock::new(Some(Entrance { jobs, _open })),
            queued,
            closed,
            threads,
            runner,
            workers: builder.workers,
            when_full: builder.queue.map_or(WhenFull::Block, |(_, when_full)| when_full),
        };
        // If too few were started, the pool is dropped here, and with it they are ended.
        refused.map_or(Ok(pool), Err)
    }
}

impl Pool for ChannelPool {
    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let (jobs, job) = {
            let entrance = self.entrance.read().unwrap_or_else(PoisonError::into_inner);
            let Some(Entrance { jobs, .. }) = &*entrance else {
                return Err(Reason::ShutDown.hands_back(job));
            };
            match jobs.try_send(job) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => (jobs.clone(), job),
            }
        };
        match self.when_full {
            WhenFull::Refuse => Err(Reason::Full.hands_back(job)),
            WhenFull::RunInCaller => {
                drop(jobs);
                self.runner.run(job);
                Ok(())
            }
            WhenFull::Block => self.wait_for_room(&jobs, job),
        }
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn queued(&self) -> usize {
        self.queued.len()
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
    fn close(&self) {
        drop(self.entrance.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Waits until the job finds room, or the pool is shut down.
    fn wait_for_room(&self, jobs: &Sender<Job>, job: Job) -> Result<(), Rejected> {
        // The news comes first: a shutdown may make room by handing jobs back.
        let mut either = Select::new_biased();
        either.recv(&self.closed);
        let room = either.send(jobs);
        let one = either.select();
        if one.index() == room {
            return one.send(jobs, job).map_err(|SendError(job)| Reason::ShutDown.hands_back(job));
        }
        // It comes with nothing but the news.
        let _ = one.recv(&self.closed);
        Err(Reason::ShutDown.hands_back(job))
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
