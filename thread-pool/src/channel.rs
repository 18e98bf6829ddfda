//! A pool of threads that share one queue: a channel, of which every worker has the receiving end.
//!
//! A worker waits in the channel for a job, runs it, and begins again. At the shutdown the sending end is dropped: each worker runs what is
//! still queued, until the channel says that nothing will come any more, and ends.
//!
//! # When not
//! All workers meet at one queue, which short jobs feel. A job that waits for another job of its pool may wait for ever (lesson `nested`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use crate::{Build, Builder, Job, Pool, Reason, Refused, Rejected, WhenFull};

/// Runs jobs on threads that share one queue.
#[derive(Debug)]
pub struct ChannelPool {
    /// The sending end; none once the pool is shut down.
    jobs: RwLock<Option<Sender<Job>>>,
    queued: Receiver<Job>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    workers: usize,
    when_full: WhenFull,
}

impl Build for ChannelPool {
    fn build(builder: Builder) -> Result<Self, Refused> {
        let (sender, queued) = builder.queue.map_or_else(unbounded, |(bound, _)| bounded(bound));
        let pool = Self {
            jobs: RwLock::new(Some(sender)),
            queued,
            threads: Mutex::default(),
            workers: builder.workers,
            when_full: builder.queue.map_or(WhenFull::Block, |(_, when_full)| when_full),
        };
        for number in 1..=builder.workers {
            let (queued, on_panic) = (pool.queued.clone(), builder.on_panic.clone());
            // On the way out with an error the pool is dropped, and with it those that were started are ended.
            let thread = builder.start(number, move || {
                for job in queued {
                    let panic = catch_unwind(AssertUnwindSafe(|| job.run())).err();
                    if let (Some(panic), Some(told)) = (panic, &on_panic) {
                        told(panic);
                    }
                }
            })?;
            pool.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        }
        Ok(pool)
    }
}

impl Pool for ChannelPool {
    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let sender = self.jobs.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sender) = sender else { return Err(Rejected { job, reason: Reason::ShutDown }) };
        let gone = "a worker's end lives until the sending ends are gone";
        match self.when_full {
            WhenFull::Block => sender.send(job).expect(gone),
            WhenFull::Refuse | WhenFull::RunInCaller => match sender.try_send(job) {
                Ok(()) => {}
                Err(TrySendError::Full(job)) if self.when_full == WhenFull::Refuse => {
                    return Err(Rejected { job, reason: Reason::Full });
                }
                Err(TrySendError::Full(job)) => job.run(),
                Err(TrySendError::Disconnected(_)) => unreachable!("{gone}"),
            },
        }
        Ok(())
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn shutdown(&self) {
        drop(self.jobs.write().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.thread().id() != thread::current().id() {
                // A worker catches its jobs' panics and has none of its own, unless a hook has.
                let _ = thread.join();
            }
        }
    }

    fn shutdown_now(&self) -> Vec<Job> {
        drop(self.jobs.write().unwrap_or_else(PoisonError::into_inner).take());
        let back = self.queued.try_iter().collect();
        self.shutdown();
        back
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
