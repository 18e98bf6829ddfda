//! Tasks that come faster than they are run: what the submitter meets when the queue is full, and
//! what it means when it never is.
//!
//! In every form a producer submits a number of tasks to a pool, each with data of its own as a
//! request has it. The tasks stand at a gate, in the open, until what the form is about has come
//! about; then they all go through. So what is counted does not depend on how fast this machine is.
//!
//! What is in the system is queued or being run. Little's law says how many that are on average: as
//! many as come in a second, times the seconds that one of them stays (J. D. C. Little, "A proof
//! for the queuing formula: L = λW", 1961). It holds whatever the tasks, the pool and their order:
//! so at a given rate a bound on how many are in the system bounds how long one of them stays on
//! average.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use tracing::info_span;

pub use crate::BuildError;
use crate::thread_count::System;
use crate::{Builder, ChannelPool, Gate, Job, Pool, Rejected};

pub mod block;
pub mod refuse;
pub mod run_in_caller;
pub mod unbounded;

/// Says how much there is to do, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The tasks that the producer submits.
    pub tasks: usize,
    /// The workers of the pool.
    pub workers: usize,
    /// The queue's bound, for the forms that have one.
    pub bound: usize,
    /// The bytes that each task has with it.
    pub bytes: usize,
}

/// Says what came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The tasks that the workers have run.
    pub by_workers: usize,
    /// The tasks that the producer has run itself.
    pub by_producer: usize,
    /// The tasks that the producer was not rid of, and dropped.
    pub handed_back: usize,
    /// The most tasks that were there at once, with their data: queued, run, and in the producer's
    /// hands.
    pub most_alive: usize,
    /// The tasks that were queued when the gate was opened.
    pub queued: usize,
    /// What the system counted before the first task, and when the gate was opened; on Linux.
    pub system: Option<[System; 2]>,
    /// What Little's law says, and what was counted.
    pub little: Little,
}

/// Says how many tasks were there on average, found in two ways.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Little {
    /// Counted: the number of tasks at each moment, averaged over all moments.
    pub average: f64,
    /// How many came in a second.
    pub rate: f64,
    /// How long one stayed on average.
    pub stay: Duration,
}

/// Keeps the book on the tasks that are there.
#[derive(Debug, Default)]
struct Book {
    page: Mutex<Page>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Page {
    alive: usize,
    most: usize,
    came: u32,
    /// The tasks that the producer has submitted and that were taken, or handed back.
    submitted: usize,
    by_workers: usize,
    by_producer: usize,
    /// The first arrival, and the last change.
    time: Option<(Instant, Instant)>,
    /// The number of tasks, times how long there were so many.
    tasks_times_time: Duration,
    /// How long those that are gone had been there.
    stays: Duration,
}

/// A task's data, on the book for as long as it lives.
#[derive(Debug)]
struct Data {
    book: Arc<Book>,
    came: Instant,
    bytes: Vec<u8>,
}

impl Book {
    fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: &Arc<Self>, bytes: usize) -> Data {
        // Not zeroes, for which the system finds no place before they are touched.
        let bytes = vec![1; bytes];
        let mut page = self.page();
        let came = page.turn();
        page.came += 1;
        page.alive += 1;
        page.most = page.most.max(page.alive);
        drop(page);
        self.changed.notify_all();
        Data { book: Arc::clone(self), came, bytes }
    }

    fn note(&self, change: impl FnOnce(&mut Page)) {
        change(&mut self.page());
        self.changed.notify_all();
    }

    fn until(&self, condition: impl Fn(&Page) -> bool) {
        drop(self.changed.wait_while(self.page(), |page| !condition(page)));
    }
}

impl Page {
    /// Adds up the time since the last change, in which the number of tasks was the same.
    fn turn(&mut self) -> Instant {
        let now = Instant::now();
        let (first, last) = self.time.unwrap_or((now, now));
        self.tasks_times_time += now.duration_since(last) * self.alive as u32;
        self.time = Some((first, now));
        now
    }

    fn little(&self) -> Little {
        let took = self.time.map_or(Duration::ZERO, |(first, last)| last - first);
        Little {
            average: self.tasks_times_time.as_secs_f64() / took.as_secs_f64(),
            rate: f64::from(self.came) / took.as_secs_f64(),
            stay: self.stays / self.came.max(1),
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let mut page = self.book.page();
        let now = page.turn();
        page.alive -= 1;
        page.stays += now.duration_since(self.came);
        drop(page);
        self.book.changed.notify_all();
    }
}

/// What a form is made of: the pool, the gate that its tasks stand at, and the book on them.
struct Scene {
    plan: Plan,
    pool: ChannelPool,
    gate: Arc<Gate>,
    book: Arc<Book>,
}

impl Scene {
    fn new(plan: Plan, builder: Builder) -> Result<Self, BuildError> {
        let pool = builder.workers(plan.workers).build()?;
        Ok(Self { plan, pool, gate: Arc::default(), book: Arc::default() })
    }

    /// Makes a task, with its data.
    fn task(&self, number: usize, producer: ThreadId) -> Job {
        let (gate, data) = (Arc::clone(&self.gate), self.book.enter(self.plan.bytes));
        Job::new(move || {
            let here = thread::current().id() == producer;
            data.book.note(|page| if here { page.by_producer += 1 } else { page.by_workers += 1 });
            let waits = info_span!("waits", what = "gate");
            gate.pass();
            drop(waits);
            let _runs = info_span!("runs", what = number);
            assert!(data.bytes.iter().all(|byte| *byte == 1), "nobody else has this task's data");
        })
    }

    /// Has a producer submit the tasks, opens the gate when `until` returns, and counts.
    ///
    /// The producer waits until each worker has begun one of the first tasks, so that all the
    /// others find the workers taken.
    fn play(
        self,
        submit: impl Fn(&ChannelPool, Job) -> Result<(), Rejected> + Sync,
        until: impl FnOnce(&Book),
    ) -> Outcome {
        let Self { plan, pool, gate, book } = &self;
        let produce = || {
            let producer = thread::current().id();
            let _submits = info_span!("runs", what = "submits");
            let handed_back = (1..=plan.tasks).filter(|&number| {
                let taken = submit(pool, self.task(number, producer));
                if number <= plan.workers {
                    book.until(|page| page.by_workers == number);
                }
                book.note(|page| page.submitted += 1);
                taken.is_err()
            });
            handed_back.count()
        };
        let before = System::now();
        let (queued, most, handed_back) = thread::scope(|scope| {
            let producer = thread::Builder::new().name("producer".into());
            let producer =
                producer.spawn_scoped(scope, produce).expect("there is room for a thread");
            until(book);
            let seen = (pool.queued(), System::now());
            gate.open();
            (seen.0, seen.1, producer.join().expect("the producer does not panic"))
        });
        pool.shutdown();
        let page = book.page();
        Outcome {
            by_workers: page.by_workers,
            by_producer: page.by_producer,
            handed_back,
            most_alive: page.most,
            queued,
            system: before.zip(most).map(Into::into),
            little: page.little(),
        }
    }
}
