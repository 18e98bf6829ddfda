//! rayon's pool, in earnest use the world over, behind the same face.
//!
//! rayon takes closures, not jobs that could be handed back, and has no bound. So the jobs wait in a queue of our own, and for each of them
//! rayon is given a ticket, which takes the oldest job that is there. After `shutdown_now` there are tickets left and no jobs.
//!
//! # When
//! For work that computes: `par_iter` and `join` of rayon itself. A worker that waits here for another task runs tickets meanwhile, as rayon's
//! `join` does.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::Waker;
use std::thread;

use crate::builder::Runner;
use crate::threads::Threads;
use crate::{Build, Builder, Job, Pool, Reason, Refused, Rejected, WhenFull, waiting};

/// Runs jobs on a pool of rayon's.
///
/// ```
/// use thread_pool::{Builder, Pool, RayonPool};
///
/// let pool: RayonPool = Builder::new().workers(2).build()?;
/// assert_eq!(pool.submit(|| 6 * 7)?.wait()?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RayonPool {
    /// None once it is shut down. Whoever queues a job holds this until rayon has the ticket for it.
    pool: RwLock<Option<rayon::ThreadPool>>,
    queue: Arc<Queue>,
    threads: Threads,
    workers: usize,
    when_full: WhenFull,
}

/// The jobs that nobody has begun.
#[derive(Debug)]
struct Queue {
    bound: usize,
    state: Mutex<State>,
    /// Somebody took a job, or there will be no room any more.
    room: Condvar,
    runner: Runner,
}

#[derive(Debug)]
struct State {
    jobs: VecDeque<Job>,
    open: bool,
}

impl Build for RayonPool {
    fn build(builder: Builder) -> Result<Self, Refused> {
        let (mut threads, mut refused) = (Vec::new(), None);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(builder.workers).spawn_handler(|worker| {
            let thread = builder.start(worker.index() + 1, move || {
                waiting::helped_by(Rc::new(Tickets));
                worker.run();
            });
            match thread {
                Ok(thread) => threads.push(thread),
                Err(source) => {
                    refused = Some(Refused { started: threads.len(), wanted: builder.workers, source });
                    // rayon asks for an error of the same kind, and makes nothing of it but to end those that were started.
                    return Err(std::io::ErrorKind::Other.into());
                }
            }
            Ok(())
        });
        let pool = pool.build();
        let (bound, when_full) = builder.queue.unwrap_or((usize::MAX, WhenFull::Block));
        let this = Self {
            queue: Arc::new(Queue {
                bound,
                state: Mutex::new(State { jobs: VecDeque::new(), open: true }),
                room: Condvar::new(),
                runner: builder.runner(),
            }),
            threads: Threads::new(threads),
            workers: builder.workers,
            when_full,
            pool: RwLock::new(pool.ok()),
        };
        refused.map_or(Ok(this), Err)
    }
}

impl Pool for RayonPool {
    fn execute(&self, mut job: Job) -> Result<(), Rejected> {
        loop {
            let full = {
                let pool = self.pool.read().unwrap_or_else(PoisonError::into_inner);
                let Some(pool) = &*pool else { return Err(Reason::ShutDown.hands_back(job)) };
                match self.queue.push(job) {
                    None => {
                        let queue = Arc::clone(&self.queue);
                        pool.spawn(move || queue.run_one());
                        return Ok(());
                    }
                    Some(full) => full,
                }
            };
            match self.when_full {
                WhenFull::Refuse => return Err(Reason::Full.hands_back(full)),
                WhenFull::RunInCaller => {
                    self.queue.runner.run(full);
                    return Ok(());
                }
                WhenFull::Block => self.queue.wait_for_room(),
            }
            job = full;
        }
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn queued(&self) -> usize {
        self.queue.lock().jobs.len()
    }

    fn shutdown(&self) {
        self.close();
        self.threads.join();
    }

    fn shutdown_now(&self) -> Vec<Job> {
        self.close();
        let back = self.queue.lock().jobs.drain(..).collect();
        self.threads.join();
        back
    }
}

impl RayonPool {
    /// Dropped, a pool of rayon's runs what it was given and ends its threads, without waiting for them.
    fn close(&self) {
        drop(self.pool.write().unwrap_or_else(PoisonError::into_inner).take());
        self.queue.lock().open = false;
        self.queue.room.notify_all();
    }
}

impl Drop for RayonPool {
    /// Shuts it down.
    ///
    /// # Blocking
    /// As long as the jobs take.
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl Queue {
    /// Hands the job back if there is no room.
    fn push(&self, job: Job) -> Option<Job> {
        let mut state = self.lock();
        if state.jobs.len() >= self.bound {
            return Some(job);
        }
        state.jobs.push_back(job);
        None
    }

    /// Returns when there was room, or the pool was shut down.
    fn wait_for_room(&self) {
        let full = |state: &mut State| state.open && state.jobs.len() >= self.bound;
        drop(self.room.wait_while(self.lock(), full));
    }

    fn run_one(&self) {
        let job = self.lock().jobs.pop_front();
        if self.bound < usize::MAX {
            self.room.notify_one();
        }
        if let Some(job) = job {
            self.runner.run(job);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a worker of rayon's does while it waits.
struct Tickets;

impl waiting::Helper for Tickets {
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool) {
        let waker = waiting::this_thread();
        while !over(&waker) {
            // Where rayon has nothing to do, what this one waits for has been begun by somebody, who will wake it.
            if rayon::yield_now() != Some(rayon::Yield::Executed) {
                thread::park();
            }
        }
    }
}
