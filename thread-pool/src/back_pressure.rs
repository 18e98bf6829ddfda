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

use std::sync::Arc;
use std::thread;

use tracing::info_span;

use crate::thread_count::System;
use crate::{BuildError, Builder, ChannelPool, Gate, Job, Pool, Rejected, WhenFull};

mod counted;
pub use counted::Little;
use counted::{Now, Tasks};

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
        now.counts.by_producer == 1
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
#[derive(Clone, Debug, Default, PartialEq)]
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
    let (gate, tasks) = (Gate::default(), Arc::<Tasks>::default());
    let produce = || {
        let producer = thread::current().id();
        let _submits = info_span!("runs", what = "submits");
        let handed_back = (1..=plan.tasks).filter(|&number| {
            let gate = gate.clone();
            let mut data = tasks.enter(number, plan.bytes);
            let taken = submit(
                &pool,
                Job::new(move || {
                    data.begins(thread::current().id() == producer);
                    let waits = info_span!("waits", what = "gate");
                    gate.pass();
                    drop(waits);
                    let _runs = info_span!("runs", what = number);
                    data.check();
                }),
            );
            if number <= plan.workers {
                tasks.until(|now| now.counts.by_workers == number);
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
    let (system, little) = (before.zip(most).map(Into::into), now.little());
    Ok(Pressure { handed_back, queued, system, little, ..now.counts.clone() })
}
