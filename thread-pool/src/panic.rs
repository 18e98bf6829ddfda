//! A task that panics: what it costs the pool, and who hears of it.
//!
//! A panic unwinds its thread up to whoever catches it. A pool that does not catch it loses the
//! worker; a pool that does has to tell somebody: the handle, or, where nobody holds one, whoever
//! it was built to tell.

use std::any::Any;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;

use rustix::process::{Resource, Rlimit, setrlimit};
use tracing::info_span;

use crate::{BuildError, Builder, ChannelPool, Handle, Job, Pool, TaskError, role};

/// Says what is left of a pool that catches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How many workers live.
    pub workers: usize,
    /// How many jobs are queued that nobody will ever run.
    pub queued: usize,
}

/// Says what a pool that catches panics made of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// What the panics of the tasks carried, as the handles say.
    pub payloads: Vec<u32>,
    /// How many workers live.
    pub workers: usize,
}

/// Runs a job that panics on each of four workers, and queues one more job.
///
/// The pool is the one that everybody writes first: each worker takes a job and runs it.
pub fn uncaught() -> Left {
    const WORKERS: usize = 4;
    let (queue, jobs) = crossbeam_channel::unbounded::<Job>();
    let workers: Vec<_> = (1..=WORKERS)
        .map(|number| {
            let jobs = jobs.clone();
            let work = move || jobs.into_iter().for_each(Job::run);
            thread::Builder::new().name(format!("w{number}")).spawn(work)
        })
        .map(|worker| worker.expect("the system has room for four threads"))
        .collect();
    // They meet, so that each worker has one, and none is left for the fifth job.
    let meeting = Arc::new(Barrier::new(WORKERS));
    for number in 1..=WORKERS {
        let meeting = Arc::clone(&meeting);
        let job = Job::new(move || {
            let _runs = info_span!("runs", what = format!("job {number}"));
            meeting.wait();
            panic!("job {number}");
        });
        queue.send(job).expect("this function has a receiver");
    }
    queue.send(Job::new(|| ())).expect("this function has a receiver");
    // Nobody asks them to end: the queue is still open.
    let panicked = workers.into_iter().map(thread::JoinHandle::join).filter(Result::is_err).count();
    Left { workers: WORKERS - panicked, queued: jobs.len() }
}

/// Runs the same four tasks on a pool that catches their panics. Afterwards all workers meet once
/// more.
///
/// # Errors
/// [`BuildError`], if the system has no room for the workers.
pub fn caught() -> Result<Caught, BuildError> {
    const WORKERS: usize = 4;
    let pool: ChannelPool = Builder::new().workers(WORKERS).build()?;
    let meeting = Arc::new(Barrier::new(WORKERS));
    let meet = |panics: bool| {
        let submit = |number| {
            let meeting = Arc::clone(&meeting);
            let task = move || {
                let _runs = info_span!("runs", what = format!("task {number}"));
                meeting.wait();
                if panics {
                    panic_any(number);
                }
            };
            pool.submit(task).expect("it has no bound, and is not shut down")
        };
        let handles: Vec<_> = (1..=WORKERS as u32).map(submit).collect();
        handles.into_iter().map(Handle::wait).collect::<Vec<_>>()
    };
    let payload = |error: TaskError| match error {
        TaskError::Panicked(payload) => payload.downcast::<u32>().ok().map(|number| *number),
        TaskError::Cancelled | TaskError::Dropped => None,
    };
    let payloads = meet(true).into_iter().filter_map(Result::err).filter_map(payload).collect();
    // If one of them were missing, the others would wait for it for ever.
    let workers = meet(false).into_iter().filter(Result::is_ok).count();
    Ok(Caught { payloads, workers })
}

/// Goes on with the task's panic on the thread that asks for its result, as a call would have.
///
/// # Errors
/// As [`caught`].
pub fn passed_on() -> Result<Option<&'static str>, BuildError> {
    let pool: ChannelPool = Builder::new().workers(1).build()?;
    let handle = pool
        .submit(|| -> () { panic!("in the task") })
        .expect("it has no bound, and is not shut down");
    let call = || {
        if let Err(TaskError::Panicked(payload)) = handle.wait() {
            resume_unwind(payload);
        }
    };
    Ok(catch_unwind(AssertUnwindSafe(call)).err().and_then(text))
}

/// Submits a task that panics, and drops its handle: returns whether anybody heard of it.
///
/// # Errors
/// As [`caught`].
pub fn ignored() -> Result<Option<&'static str>, BuildError> {
    heard(|builder, _| builder)
}

/// As [`ignored`], on a pool that was told whom to tell.
///
/// # Errors
/// As [`caught`].
pub fn handler() -> Result<Option<&'static str>, BuildError> {
    heard(|builder, told| {
        builder.on_panic(move |payload| {
            // Who listens is this lesson.
            let _ = told.send(text(payload));
        })
    })
}

type Told = Sender<Option<&'static str>>;

/// Runs a task that panics after its handle is gone, and listens until the pool has ended.
fn heard(build: impl FnOnce(Builder, Told) -> Builder) -> Result<Option<&'static str>, BuildError> {
    let (told, hears) = channel();
    let pool: ChannelPool = build(Builder::new().workers(1), told).build()?;
    let (go_on, may_go_on) = channel::<()>();
    let task = move || {
        let _ = may_go_on.recv();
        panic!("in the task");
    };
    drop(pool.submit(task).expect("it has no bound, and is not shut down"));
    drop(go_on);
    drop(pool);
    Ok(hears.iter().next().flatten())
}

/// Starts `program` as a child in which a task of rayon's panics; returns the signal that ended it.
///
/// # Errors
/// The child cannot be started.
pub fn in_rayon(program: &Path) -> io::Result<Option<i32>> {
    Ok(role::ended(program, "rayon-panic")?.status.signal())
}

/// Spawns a task that panics, in the background: rayon has nobody to give the panic to, and no
/// default but the end of the process.
pub(crate) fn panic_in_rayon() -> io::Result<()> {
    // What is meant to end so leaves no memory dump behind.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    rayon::spawn(|| panic!("in the task"));
    loop {
        thread::park();
    }
}

/// Runs a task that panics in a scope of rayon's, which gives the panic to whoever opened the
/// scope.
pub fn in_rayons_scope() -> Option<&'static str> {
    let scope = || rayon::scope(|scope| scope.spawn(|_| panic!("in the task")));
    catch_unwind(scope).err().and_then(text)
}

fn text(payload: Box<dyn Any + Send>) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}
