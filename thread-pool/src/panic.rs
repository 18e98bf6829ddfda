//! A task that panics: what it costs the pool, and where the panic is reported.
//!
//! A panic unwinds its thread up to the first `catch_unwind`. A pool that does not catch it loses
//! the worker; a pool that does has to report it: to the handle or, where the handle was dropped, to
//! a panic handler that it was built with.

use std::any::Any;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use kit::child::{self, Entry};
use rustix::process::{Resource, Rlimit, setrlimit};
use tracing::info_span;

use crate::on_pool::{one_worker, pool, submit};
use crate::{BuildError, Builder, ChannelPool, Handle, Job, TaskError};

/// Runs a job that panics on each of four workers, and queues one more job; returns the number of
/// workers that are alive then, and of queued jobs that none of them will run.
///
/// The pool is the obvious first one: each worker takes a job and runs it.
pub fn uncaught() -> [usize; 2] {
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
    // Nothing tells them to end: the queue is still open.
    let panicked = workers.into_iter().map(thread::JoinHandle::join).filter(Result::is_err).count();
    [WORKERS - panicked, jobs.len()]
}

/// Runs the same four tasks on a pool that catches their panics; afterwards all workers meet once
/// more. Returns what the panics carried, as the handles say, and the number of workers alive.
pub fn caught() -> Result<(Vec<u32>, usize), BuildError> {
    const WORKERS: usize = 4;
    let pool: ChannelPool = pool(WORKERS)?;
    let meeting = Arc::new(Barrier::new(WORKERS));
    let meet = |panics: bool| {
        let submit = |number| {
            let meeting = Arc::clone(&meeting);
            submit(&pool, move || {
                let _runs = info_span!("runs", what = format!("task {number}"));
                meeting.wait();
                if panics {
                    panic_any(number);
                }
            })
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
    Ok((payloads, workers))
}

/// Resumes the task's panic on the thread that asks for its result, as a call would have.
pub fn passed_on() -> Result<Option<&'static str>, BuildError> {
    let pool = one_worker()?;
    let handle = submit(&pool, || -> () { panic!("in the task") });
    let call = || {
        if let Err(TaskError::Panicked(payload)) = handle.wait() {
            resume_unwind(payload);
        }
    };
    Ok(catch_unwind(AssertUnwindSafe(call)).err().and_then(text))
}

/// Submits a task that panics, and drops its handle; returns what was reported.
pub fn ignored() -> Result<Option<&'static str>, BuildError> {
    heard(|builder, _| builder)
}

/// As [`ignored`], on a pool with a panic handler.
pub fn handler() -> Result<Option<&'static str>, BuildError> {
    heard(|builder, told| {
        builder.on_panic(move |payload| {
            // This lesson receives it.
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
    drop(submit(&pool, move || {
        let _ = may_go_on.recv();
        panic!("in the task");
    }));
    drop(go_on);
    drop(pool);
    Ok(hears.iter().next().flatten())
}

/// A child in which a task panics that `rayon::spawn` was given.
pub const RAYON_PANIC: Entry = Entry { name: "rayon-panic", run: |_| panic_in_rayon() };

/// Starts `program`, which has to call [`kit::child::enter`], as [`RAYON_PANIC`]; returns the signal
/// that ended it.
pub fn in_rayon(program: &Path) -> io::Result<Option<i32>> {
    let limit = Duration::from_secs(20);
    Ok(child::output(&mut RAYON_PANIC.command(program), limit)?.status.signal())
}

/// Spawns a task that panics: it has no caller to resume the panic, and rayon's default is to abort.
fn panic_in_rayon() -> io::Result<()> {
    // An abort that is meant leaves no core dump behind.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    rayon::spawn(|| panic!("in the task"));
    loop {
        thread::park();
    }
}

/// Runs a task that panics in a scope of rayon's, which resumes the panic on the thread that opened
/// the scope.
pub fn in_rayons_scope() -> Option<&'static str> {
    let scope = || rayon::scope(|scope| scope.spawn(|_| panic!("in the task")));
    catch_unwind(scope).err().and_then(text)
}

fn text(payload: Box<dyn Any + Send>) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}
