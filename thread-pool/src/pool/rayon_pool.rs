//! An adapter: rayon's pool behind the trait `Pool`.
//!
//! rayon takes closures, not jobs that could be handed back, and has no bound. So the jobs wait in a
//! queue here, and for each of them rayon is given a ticket, a closure that takes the oldest job.
//! After `shutdown_now` there are tickets left and no jobs.
//!
//! # A worker that waits
//! It runs tickets meanwhile, as rayon's own `join` does: the newest job first, which is most often
//! the one that it waits for, or one that this needs, so that its stack does not fill with unrelated
//! jobs. Where there is none it parks, and is woken by what it waits for or by the next job. Work
//! that is given to rayon itself (`rayon::spawn`, `par_iter` in a job) wakes only rayon's own
//! sleepers, so a worker that waits here polls for it, at intervals of 10 ms at most.
//!
//! # When
//! For CPU-bound work: `par_iter` and `join` of rayon itself.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::Waker;
use std::thread::{self, Thread};
use std::time::Duration;

use super::block_on;
use super::runner::Runner;
use super::threads::Threads;
use crate::{Build, BuildError, Builder, Job, Pool, Reason, Rejected, WhenFull};

/// rayon's pool behind the trait [`Pool`].
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
    /// `None` once it is shut down. A submitter holds the read lock until rayon has the ticket.
    pool: RwLock<Option<rayon::ThreadPool>>,
    queue: Arc<Queue>,
    threads: Threads,
    workers: usize,
    when_full: WhenFull,
}

/// The jobs that have not begun.
#[derive(Debug)]
struct Queue {
    bound: usize,
    state: Mutex<State>,
    /// Notified when a job was taken, or the pool was shut down.
    room: Condvar,
    runner: Runner,
}

#[derive(Debug)]
struct State {
    jobs: VecDeque<Job>,
    /// Workers that wait in a job, and have found no other to run.
    idle: Vec<Thread>,
    open: bool,
}

thread_local! {
    /// Whether this thread is in the middle of a job, and so runs others on top of it.
    static IN_A_JOB: Cell<bool> = const { Cell::new(false) };
}

impl Build for RayonPool {
    fn build(builder: Builder) -> Result<Self, BuildError> {
        builder.at_most(rayon::max_num_threads())?;
        let (bound, when_full) = builder.queue.unwrap_or((usize::MAX, WhenFull::Block));
        let state = State { jobs: VecDeque::new(), idle: Vec::new(), open: true };
        let (state, room, runner) = (Mutex::new(state), Condvar::new(), builder.runner());
        let queue = Arc::new(Queue { bound, state, room, runner });
        let (mut threads, mut refused) = (Vec::new(), None);
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(builder.workers).spawn_handler(|worker| {
                let queue = Arc::clone(&queue);
                let thread = builder.start(worker.index() + 1, move || {
                    block_on::with_helper(Rc::new(Tickets(queue)), || worker.run());
                });
                match thread {
                    Ok(thread) => threads.push(thread),
                    Err(source) => {
                        refused = Some(BuildError {
                            started: threads.len(),
                            wanted: builder.workers,
                            source,
                        });
                        // On an error, rayon ends the threads that were started.
                        return Err(std::io::ErrorKind::Other.into());
                    }
                }
                Ok(())
            });
        let pool = pool.build();
        let this = Self {
            queue,
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
                    Ok(idle) => {
                        let queue = Arc::clone(&self.queue);
                        pool.spawn(move || queue.run_one());
                        // Not before there is a ticket.
                        idle.iter().for_each(Thread::unpark);
                        return Ok(());
                    }
                    Err(full) => full,
                }
            };
            match self.when_full {
                WhenFull::Reject => return Err(Reason::Full.hands_back(full)),
                WhenFull::RunInCaller => {
                    self.queue.runner.run_in_caller(full);
                    return Ok(());
                }
                // It makes room itself: all others may be waiting for room as well.
                WhenFull::Block if self.threads.is_one() => self.queue.run_one(),
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
    /// Drops rayon's pool, which runs what it was given and then ends its threads, without waiting.
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
    /// Queues a job, and returns the workers that are to be woken for it; hands it back if there is
    /// no room.
    fn push(&self, job: Job) -> Result<Vec<Thread>, Job> {
        let mut state = self.lock();
        if state.jobs.len() >= self.bound {
            return Err(job);
        }
        state.jobs.push_back(job);
        Ok(std::mem::take(&mut state.idle))
    }

    /// Returns when there was room, or the pool was shut down.
    fn wait_for_room(&self) {
        let full = |state: &mut State| state.open && state.jobs.len() >= self.bound;
        drop(self.room.wait_while(self.lock(), full));
    }

    /// Runs a job, if there is one: the oldest, or the newest in the middle of another job.
    fn run_one(&self) {
        let within = IN_A_JOB.replace(true);
        let job = {
            let jobs = &mut self.lock().jobs;
            if within { jobs.pop_back() } else { jobs.pop_front() }
        };
        if self.bound < usize::MAX {
            self.room.notify_one();
        }
        if let Some(job) = job {
            self.runner.run(job);
        }
        IN_A_JOB.set(within);
    }

    /// Blocks this worker, unless there is a job, until the next job comes, or it is woken, or the
    /// time is over.
    fn sleep(&self, limit: Duration) {
        let mut state = self.lock();
        if state.jobs.is_empty() {
            state.idle.push(thread::current());
            drop(state);
            thread::park_timeout(limit);
            let this = thread::current().id();
            self.lock().idle.retain(|thread| thread.id() != this);
        } else {
            // Its ticket is on its way.
            drop(state);
            thread::yield_now();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a worker of rayon's does while it waits.
struct Tickets(Arc<Queue>);

impl block_on::Helper for Tickets {
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool) {
        const SHORTEST: Duration = Duration::from_micros(100);
        const LONGEST: Duration = Duration::from_millis(10);
        let (waker, mut pause) = (block_on::this_thread(), SHORTEST);
        while !over(&waker) {
            if rayon::yield_now() == Some(rayon::Yield::Executed) {
                pause = SHORTEST;
            } else {
                self.0.sleep(pause);
                pause = LONGEST.min(pause * 2);
            }
        }
    }
}
