//! The contenders: each takes a task from outside, and each brings results in its own way.

use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};

use thread_pool::{Builder, ChannelPool, Job, Pool, StealingPool};

use super::WORKERS;

/// What can run tasks. Dropping it ends its threads.
pub(super) trait Contender {
    const NAME: &'static str;
    /// How many empty tasks it is given in a round.
    const TASKS: usize = 100_000;
    /// Whether it takes many tasks in one call.
    const BATCHES: bool = false;

    fn start() -> Self;

    fn spawn(&self, task: impl FnOnce() + Send + 'static);

    fn spawn_all(&self, tasks: impl Iterator<Item = impl FnOnce() + Send + 'static>) {
        tasks.for_each(|task| self.spawn(task));
    }

    /// Has as many tasks as asked for return their numbers, and adds these up.
    fn results(&self, tasks: u64) -> u64 {
        let (sender, results) = mpsc::channel();
        for task in 0..tasks {
            let sender = sender.clone();
            self.spawn(move || sender.send(task).expect("the receiver is there"));
        }
        drop(sender);
        results.iter().sum()
    }
}

/// What is left if nobody else runs the task.
pub(super) struct InCaller;

impl Contender for InCaller {
    const NAME: &'static str = "in the caller (limit)";
    fn start() -> Self {
        Self
    }
    fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        // In a box, and unseen by the optimiser, which knows a shorter way.
        let task: Box<dyn FnOnce() + Send> = Box::new(task);
        std::hint::black_box(task)();
    }
}

/// One of ours, as the crate `thread-pool` has it.
macro_rules! ours {
    ($Name:ident, $Pool:ty, $name:literal) => {
        pub(super) struct $Name(pub(super) $Pool);

        impl Contender for $Name {
            const NAME: &'static str = $name;
            const BATCHES: bool = true;
            fn start() -> Self {
                Self(
                    Builder::new().workers(WORKERS).build().expect("there is room for two threads"),
                )
            }
            fn spawn(&self, task: impl FnOnce() + Send + 'static) {
                self.0.execute(Job::new(task)).expect("it has no bound, and is not shut down");
            }
            fn spawn_all(&self, tasks: impl Iterator<Item = impl FnOnce() + Send + 'static>) {
                self.0.execute_all(tasks.map(Job::new).collect()).expect("as above");
            }
            fn results(&self, tasks: u64) -> u64 {
                let submit = |task| self.0.submit(move || task).expect("as above");
                let handles: Vec<_> = (0..tasks).map(submit).collect();
                handles.into_iter().map(|handle| handle.wait().expect("it does not panic")).sum()
            }
        }
    };
}

ours!(Channel, ChannelPool, "channel (ours)");
ours!(Stealing, StealingPool, "stealing (ours)");

pub(super) struct Rayon(pub(super) rayon::ThreadPool);

impl Contender for Rayon {
    const NAME: &'static str = "rayon spawn";
    fn start() -> Self {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(WORKERS).build();
        Self(pool.expect("there is room for two threads"))
    }
    fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        self.0.spawn(task);
    }
}

pub(super) struct Threadpool(threadpool::ThreadPool);

impl Contender for Threadpool {
    const NAME: &'static str = "threadpool";
    fn start() -> Self {
        Self(threadpool::ThreadPool::new(WORKERS))
    }
    fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        self.0.execute(task);
    }
}

type Boxed = Box<dyn FnOnce() + Send>;

/// The pool of the Rust book: a channel, its receiving end behind a lock.
pub(super) struct Mpsc {
    jobs: Option<mpsc::Sender<Boxed>>,
    threads: Vec<JoinHandle<()>>,
}

impl Contender for Mpsc {
    const NAME: &'static str = "std mpsc, mutex";
    fn start() -> Self {
        let (sender, receiver) = mpsc::channel::<Boxed>();
        let receiver = Arc::new(Mutex::new(receiver));
        let worker = |_| {
            let receiver = Arc::clone(&receiver);
            // In a function of its own, so that the lock is given back before the job is run.
            let next = move || receiver.lock().expect("nobody panics with it").recv().ok();
            thread::spawn(move || std::iter::from_fn(&next).for_each(|job| job()))
        };
        Self { jobs: Some(sender), threads: (0..WORKERS).map(worker).collect() }
    }
    fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        let jobs = self.jobs.as_ref().expect("it is there until the drop");
        jobs.send(Box::new(task)).expect("the workers are there");
    }
}

impl Drop for Mpsc {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            thread.join().expect("no task panics");
        }
    }
}

pub(super) struct Tokio(tokio::runtime::Runtime);

impl Contender for Tokio {
    const NAME: &'static str = "tokio";
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).build();
        Self(runtime.expect("there is room for two threads"))
    }
    fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        drop(self.0.spawn(async { task() }));
    }
    fn results(&self, tasks: u64) -> u64 {
        let handles: Vec<_> = (0..tasks).map(|task| self.0.spawn(async move { task })).collect();
        self.0.block_on(async {
            let mut sum = 0;
            for handle in handles {
                sum += handle.await.expect("it does not panic");
            }
            sum
        })
    }
}

/// No pool: a thread for each task.
pub(super) struct PerTask;

impl Contender for PerTask {
    const NAME: &'static str = "thread for each";
    const TASKS: usize = 1_000;
    fn start() -> Self {
        Self
    }
    fn spawn(&self, task: impl FnOnce() + Send + 'static) {
        drop(thread::spawn(task));
    }
    fn results(&self, tasks: u64) -> u64 {
        let handles: Vec<_> = (0..tasks).map(|task| thread::spawn(move || task)).collect();
        handles.into_iter().map(|handle| handle.join().expect("it does not panic")).sum()
    }
}
