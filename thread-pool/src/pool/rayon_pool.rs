//! An adapter: rayon's pool behind the trait `Pool`.
//!
//! rayon takes closures, not jobs that could be handed back, and has no bound. So the jobs wait in a
//! queue here, and for each of them rayon is given a ticket, a closure that takes the oldest job.
//! After `shutdown_now` there are tickets left and no jobs.
//!
//! # A worker that waits
//! It runs tickets meanwhile, as rayon's own `join` does: the newest job first, which is most often
//! the one that it waits for. Where there is none it parks, and is woken by what it waits for. A later
//! job wakes only rayon's own sleepers, so it polls for that, at intervals of 10 ms at most.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::task::Waker;
use std::thread;
use std::time::Duration;

use kit::real::lane::lock;

use super::block_on;
use super::capacity::{Admission, Capacity};
use super::threads::Threads;
use crate::{BuildError, Builder, Job, Pool, Reason, Rejected};

/// rayon's pool behind the trait [`Pool`].
#[derive(Debug)]
pub struct RayonPool {
    /// `None` once it is shut down. A submitter holds the read lock until rayon has the ticket.
    pool: RwLock<Option<rayon::ThreadPool>>,
    queue: Arc<Queue>,
    admission: Admission,
    threads: Threads,
}

struct Queue {
    jobs: Mutex<VecDeque<Job>>,
    run: Box<dyn Fn(Job) + Send + Sync>,
}

thread_local! {
    /// Whether this thread is in the middle of a job, and so runs others on top of it.
    static IN_A_JOB: Cell<bool> = const { Cell::new(false) };
}

impl Pool for RayonPool {
    fn build(builder: Builder) -> Result<Self, BuildError> {
        let admission = Admission::new(&builder);
        let run = Box::new(admission.run_queued());
        let queue = Arc::new(Queue { jobs: Mutex::default(), run });
        let mut own = Vec::with_capacity(builder.workers);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(builder.workers);
        let pool = pool.spawn_handler(|worker| {
            own.push(worker);
            Ok(())
        });
        let pool = RwLock::new(pool.build().ok());
        let mut own = own.into_iter();
        let (threads, refused) = builder.start_all(|_| {
            let worker = own.next().expect("there is one each");
            move || block_on::with_helper(Rc::new(Tickets), || worker.run())
        });
        let pool = Self { pool, queue, admission, threads };
        // If too few were started, the pool is dropped here, which ends those.
        refused.map_or(Ok(pool), Err)
    }

    fn execute(&self, job: Job) -> Result<(), Rejected> {
        let is_closed = || self.pool().is_none();
        let blocked = |capacity: &Capacity| {
            if self.threads.is_one() {
                return capacity.make_room(is_closed, || self.queue.run_one());
            }
            capacity.acquire()
        };
        let admitted = self.admission.admit(job, blocked, is_closed);
        let Some(job) = admitted? else { return Ok(()) };
        let pool = self.pool();
        let Some(pool) = &*pool else { return Err(Reason::ShutDown.hands_back(job)) };
        lock(&self.queue.jobs).push_back(job);
        let queue = Arc::clone(&self.queue);
        pool.spawn(move || queue.run_one());
        Ok(())
    }

    fn queued(&self) -> usize {
        lock(&self.queue.jobs).len()
    }

    fn shutdown(&self) {
        self.close();
        self.threads.join();
    }

    fn shutdown_now(&self) -> Vec<Job> {
        self.close();
        let back = lock(&self.queue.jobs).drain(..).collect();
        self.threads.join();
        back
    }
}

impl RayonPool {
    /// Drops rayon's pool, which runs what it was given and then ends its threads, without waiting.
    fn close(&self) {
        drop(self.pool.write().unwrap_or_else(PoisonError::into_inner).take());
        self.admission.close();
    }

    fn pool(&self) -> RwLockReadGuard<'_, Option<rayon::ThreadPool>> {
        self.pool.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RayonPool {
    /// Shuts it down, and so blocks until the jobs are done.
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl Queue {
    /// Runs a job, if there is one: the oldest, or the newest in the middle of another job.
    fn run_one(&self) {
        let within = IN_A_JOB.replace(true);
        let mut jobs = lock(&self.jobs);
        let job = if within { jobs.pop_back() } else { jobs.pop_front() };
        drop(jobs);
        job.into_iter().for_each(&self.run);
        IN_A_JOB.set(within);
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Queue")
    }
}

/// What a worker of rayon's does while it waits.
struct Tickets;

impl block_on::Helper for Tickets {
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool) {
        const SHORTEST: Duration = Duration::from_micros(100);
        const LONGEST: Duration = Duration::from_millis(10);
        let (waker, mut pause) = (block_on::this_thread(), SHORTEST);
        while !over(&waker) {
            if rayon::yield_now() == Some(rayon::Yield::Executed) {
                pause = SHORTEST;
            } else {
                thread::park_timeout(pause);
                pause = LONGEST.min(pause * 2);
            }
        }
    }
}
