//! Tasks that come faster than they are run: what the producer meets when the queue is full, and
//! what happens when it never is.
//!
//! In every variant a producer submits tasks to a pool, each with data of its own as a request has
//! it. The tasks stand at a gate, in the open, until the queue has shown what the variant is about;
//! then they all pass. So what is counted does not depend on how fast this machine is.
//!
//! A task is in the system while it is queued or run. Little's law gives how many are in it on
//! average: the arrivals per second times the average stay (J. D. C. Little, "A proof for the
//! queuing formula: L = λW", 1961). It holds whatever the tasks, the pool and their order: so at a
//! given rate, a bound on the number of tasks in the system bounds their average stay.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tracing::info_span;

use crate::thread_count::System;
use crate::{BuildError, Builder, ChannelPool, Gate, Job, Pool, Rejected, WhenFull};

/// Submits to a queue without a bound, the default of most pools: it grows for as long as the
/// producer goes on, which is never told that the workers do not keep up.
pub fn unbounded(plan: Plan) -> Result<Pressure, BuildError> {
    run(plan, Builder::new(), Pool::execute, |now| now.submitted == plan.tasks)
}

/// Blocks on a full queue: the producer becomes as slow as the workers, and so does whatever waits
/// for the producer. The gate opens when it has one task in its hands that does not fit.
pub fn block(plan: Plan) -> Result<Pressure, BuildError> {
    let builder = Builder::new().queue(plan.bound, WhenFull::Block);
    let submit = |pool: &ChannelPool, job| {
        let _waits = info_span!("waits", what = "room");
        pool.execute(job)
    };
    let most = plan.workers + plan.bound + 1;
    run(plan, builder, submit, |now| now.alive == most)
}

/// Aborts: the producer gets a task back from a full queue at once, as an error, and decides: drop
/// it, retry later, go elsewhere. Here it is dropped.
pub fn abort(plan: Plan) -> Result<Pressure, BuildError> {
    rejecting(plan, Pool::execute)
}

/// Discards a task that finds the queue full, and does not tell the producer.
pub fn discard(plan: Plan) -> Result<Pressure, BuildError> {
    rejecting(plan, |pool, job| {
        drop(pool.execute(job));
        Ok(())
    })
}

/// Discards the oldest task in a full queue, does not tell the producer, and tries again.
pub fn discard_oldest(plan: Plan) -> Result<Pressure, BuildError> {
    rejecting(plan, |pool, mut job| {
        loop {
            let Err(rejected) = pool.execute(job) else { return Ok(()) };
            drop(pool.take_oldest());
            job = rejected.job;
        }
    })
}

fn rejecting(
    plan: Plan,
    submit: impl Fn(&ChannelPool, Job) -> Result<(), Rejected> + Sync,
) -> Result<Pressure, BuildError> {
    run(plan, Builder::new().queue(plan.bound, WhenFull::Reject), submit, |now| {
        now.submitted == plan.tasks
    })
}

/// Runs a task that finds the queue full, and submits nothing meanwhile: no task is lost, and work
/// slows the producer down. The gate opens when the producer stands at it with the first such task.
pub fn caller_runs(plan: Plan) -> Result<Pressure, BuildError> {
    run(plan, Builder::new().queue(plan.bound, WhenFull::RunInCaller), Pool::execute, |now| {
        now.by_producer == 1
    })
}

/// How much there is to do, and with what. There have to be more tasks than find room.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The tasks that the producer submits.
    pub tasks: usize,
    /// The workers of the pool.
    pub workers: usize,
    /// The queue's bound, for the variants that have one.
    pub bound: usize,
    /// The bytes that each task has with it.
    pub bytes: usize,
}

/// The counts of the lesson `back-pressure`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pressure {
    /// The tasks that the workers have run.
    pub by_workers: usize,
    /// The tasks that the producer has run itself.
    pub by_producer: usize,
    /// The tasks that were rejected, and dropped by the producer.
    pub handed_back: usize,
    /// The numbers of the tasks that were never run, from 1: those, and any that were discarded.
    pub never_run: Vec<usize>,
    /// The most tasks that existed at once, with their data: queued, run, and in the producer's
    /// hands.
    pub most_alive: usize,
    /// The tasks that were queued when the gate was opened.
    pub queued: usize,
    /// What the system counted before the first task, and when the gate was opened; on Linux.
    pub system: Option<[System; 2]>,
    /// What Little's law says, and what was counted.
    pub little: Little,
}

/// The average number of tasks in the system, found in two ways.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Little {
    /// The number of tasks at each moment, averaged over all moments.
    pub average: f64,
    /// The arrivals per second.
    pub rate: f64,
    /// The average stay of a task.
    pub stay: Duration,
}

/// The tasks that exist, counted as they come and go.
#[derive(Debug, Default)]
struct Tasks {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    alive: usize,
    most: usize,
    came: u32,
    /// The tasks that the producer has submitted, taken or rejected.
    submitted: usize,
    by_workers: usize,
    by_producer: usize,
    never_run: Vec<usize>,
    /// The first arrival, and the last change.
    time: Option<(Instant, Instant)>,
    /// The number of tasks, integrated over time.
    tasks_times_time: Duration,
    /// The sum of the stays of those that are gone.
    stays: Duration,
}

/// A task's data, counted for as long as it lives.
#[derive(Debug)]
struct Data {
    tasks: Arc<Tasks>,
    /// Its number, until it is run.
    number: Option<usize>,
    came: Instant,
    bytes: Vec<u8>,
}

impl Tasks {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: &Arc<Self>, number: usize, bytes: usize) -> Data {
        // Not zeroes, whose pages the system does not allocate before they are touched.
        let bytes = vec![1; bytes];
        let came = self.note(|now| {
            now.came += 1;
            let came = now.add_up();
            now.alive += 1;
            now.most = now.most.max(now.alive);
            came
        });
        Data { tasks: Arc::clone(self), number: Some(number), came, bytes }
    }

    fn note<R>(&self, change: impl FnOnce(&mut Now) -> R) -> R {
        let noted = change(&mut self.now());
        self.changed.notify_all();
        noted
    }

    fn until(&self, condition: impl Fn(&Now) -> bool) {
        drop(self.changed.wait_while(self.now(), |now| !condition(now)));
    }
}

impl Now {
    /// Adds up the time since the last change, in which the number of tasks was the same.
    fn add_up(&mut self) -> Instant {
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
        self.tasks.note(|now| {
            let left = now.add_up();
            now.alive -= 1;
            now.never_run.extend(self.number);
            now.stays += left.duration_since(self.came);
        });
    }
}

/// Has a producer submit tasks that stand at a gate, opens it as soon as `until` is true, and counts.
///
/// The producer waits until each worker has begun one of the first tasks, so that all the others find
/// the workers busy.
fn run(
    plan: Plan,
    builder: Builder,
    submit: impl Fn(&ChannelPool, Job) -> Result<(), Rejected> + Sync,
    until: impl Fn(&Now) -> bool,
) -> Result<Pressure, BuildError> {
    let pool: ChannelPool = builder.workers(plan.workers).build()?;
    let (gate, tasks) = (Arc::<Gate>::default(), Arc::<Tasks>::default());
    let produce = || {
        let producer = thread::current().id();
        let _submits = info_span!("runs", what = "submits");
        let handed_back = (1..=plan.tasks).filter(|&number| {
            let gate = Arc::clone(&gate);
            let mut data = tasks.enter(number, plan.bytes);
            let taken = submit(
                &pool,
                Job::new(move || {
                    data.number = None;
                    let here = thread::current().id() == producer;
                    data.tasks
                        .note(|now| if here { now.by_producer += 1 } else { now.by_workers += 1 });
                    let waits = info_span!("waits", what = "gate");
                    gate.pass();
                    drop(waits);
                    let _runs = info_span!("runs", what = number);
                    assert!(
                        data.bytes.iter().all(|byte| *byte == 1),
                        "the data is this task's alone"
                    );
                }),
            );
            if number <= plan.workers {
                tasks.until(|now| now.by_workers == number);
            }
            tasks.note(|now| now.submitted += 1);
            // The error has the job in it: dropping one drops the other.
            taken.is_err()
        });
        handed_back.count()
    };
    let before = System::now();
    let (queued, most, handed_back) = thread::scope(|scope| {
        let producer = thread::Builder::new().name("producer".into());
        let producer = producer.spawn_scoped(scope, produce).expect("there is room for a thread");
        tasks.until(until);
        let (queued, most) = (pool.queued(), System::now());
        gate.open();
        (queued, most, producer.join().expect("the producer does not panic"))
    });
    pool.shutdown();
    let now = tasks.now();
    Ok(Pressure {
        by_workers: now.by_workers,
        by_producer: now.by_producer,
        handed_back,
        never_run: now.never_run.clone(),
        most_alive: now.most,
        queued,
        system: before.zip(most).map(Into::into),
        little: now.little(),
    })
}
