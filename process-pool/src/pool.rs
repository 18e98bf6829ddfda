//! A pool of worker processes that stay.
//!
//! A thread for each worker takes a task from the queue that all share, writes it to the worker, and reads its answer; then the next.
//! So a worker has one task at a time, whoever is free takes the next, and nothing is ever waiting in two full pipes.

use std::io;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tracing::info_span;

use crate::task::{Answer, Task};
use crate::wire::Worker;

/// Says why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The worker ended, by itself or by a signal, and left the task. Whether it had done it cannot be known.
    #[error("worker {pid} died with the task in its hands ({status})")]
    WorkerDied {
        /// The worker's process.
        pid: u32,
        /// How it ended.
        status: ExitStatus,
    },
    /// The worker wrote something else to its standard output than an answer. It was ended.
    #[error("worker {pid} said {line:?}, which is no answer")]
    Garbled {
        /// The worker's process.
        pid: u32,
        /// What it wrote.
        line: String,
    },
    /// All workers had died when it was the task's turn.
    #[error("no worker is left")]
    NoWorkerLeft,
    /// No process or thread could be started, or waited for.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Runs tasks on worker processes.
///
/// ```no_run
/// # fn main() -> Result<(), process_pool::Error> {
/// use process_pool::{Pool, Task, worker};
///
/// let pool = Pool::new(worker::command("target/debug/process-pool".as_ref()), 4)?;
/// let handle = pool.submit(Task::PrimesBelow(100));
/// assert_eq!(handle.wait()?.value, 25);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pool {
    /// Gone when the pool is dropped: that is how the feeders learn of it.
    queue: Option<Sender<Job>>,
    feeders: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Job {
    task: Task,
    /// Dropped unused, if no worker is left: that is how the handle learns of it.
    reply: Sender<Result<Answer, Error>>,
}

/// Waits for the answer to one task.
#[derive(Debug)]
pub struct Handle(Receiver<Result<Answer, Error>>);

impl Handle {
    /// Returns the answer.
    ///
    /// # Errors
    /// What kept the worker from answering. A worker that dies is an error here, and no hang.
    ///
    /// # Blocking
    /// Until the task is done, and those before it.
    pub fn wait(self) -> Result<Answer, Error> {
        self.0.recv().unwrap_or(Err(Error::NoWorkerLeft))
    }
}

impl Pool {
    /// Starts `workers` processes by the same command.
    ///
    /// # Errors
    /// One of them cannot be started; those that were are ended.
    pub fn new(mut command: Command, workers: usize) -> Result<Self, Error> {
        let (queue, jobs) = mpsc::channel();
        let jobs = Arc::new(Mutex::new(jobs));
        let mut pool = Self { queue: Some(queue), feeders: Vec::new() };
        for number in 1..=workers {
            let worker = Worker::start(&mut command)?;
            let jobs = Arc::clone(&jobs);
            let feeder = thread::Builder::new().name(format!("w{number}"));
            pool.feeders.push(feeder.spawn(move || feed(worker, &jobs))?);
        }
        Ok(pool)
    }

    /// Puts a task into the queue, and returns at once.
    pub fn submit(&self, task: Task) -> Handle {
        let (reply, answer) = mpsc::channel();
        // Without a worker the job comes back and is dropped, and its handle says so.
        let _ = self.queue.as_ref().map(|queue| queue.send(Job { task, reply }));
        Handle(answer)
    }
}

/// Does what was submitted, ends the workers, and reaps them.
impl Drop for Pool {
    fn drop(&mut self) {
        drop(self.queue.take());
        for feeder in self.feeders.drain(..) {
            // A feeder does not panic; if it did, its worker would still be ended.
            let _ = feeder.join();
        }
    }
}

/// Hands a worker one task after the other, until there are no more or it is lost; ends it then.
fn feed(mut worker: Worker, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let idles = info_span!("idles", what = "no task");
        // One feeder waits in the queue, with the lock in its hand; the others wait for the lock.
        let Ok(job) = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv() else { return };
        drop(idles);
        let runs = info_span!("runs", what = %job.task);
        let answer = worker.ask(job.task);
        drop(runs);
        let lost = answer.is_err();
        // Nobody has to wait for it.
        let _ = job.reply.send(answer);
        if lost {
            return;
        }
    }
}
