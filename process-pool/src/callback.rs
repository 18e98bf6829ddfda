//! A callback on completion: in which process it runs, and on which thread.
//!
//! It runs in the caller's process: it is a closure, and a closure cannot be sent to another. The
//! task ran in a worker, and reaches the caller only by its answer. All callbacks of a pool run on
//! one thread of their own: so a slow one keeps no worker from its next task, but it keeps the next
//! callback waiting.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::act::{Act, Doing, total_here};
use crate::job::{Answer, Job};
use crate::scene::Scene;
use crate::{Error, Handle, Outcome, Pool};

/// Nothing here takes so long, unless it is for ever.
const A_HANG: Duration = Duration::from_secs(20);

/// Says in which process what was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Processes {
    /// Those that ran the tasks.
    pub tasks: Vec<u32>,
    /// Those that ran the callbacks.
    pub callbacks: Vec<u32>,
    /// The thread that ran the last callback.
    pub thread: String,
    /// What ten tasks and their callbacks added up to in this process's memory.
    pub total: u64,
}

fn distinct(mut pids: Vec<u32>) -> Vec<u32> {
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// Starts a pool of four workers, and submits ten tasks.
fn ten(scene: &Scene, doing: Doing) -> Result<(Pool<Job>, Vec<Handle<Job>>), Error> {
    // One task to a message: so all four have some.
    let pool = scene.workers(4).chunk(1).build()?;
    let handles = pool.submit_all((1..=10).map(|number| Act::task(number, doing.clone())));
    Ok((pool, handles))
}

/// Has each task add its number to a total in a static: a worker's own.
///
/// # Errors
/// What the pool or a handle says.
pub fn in_the_task(program: &Path) -> Result<Processes, Error> {
    let scene = Scene::new(program)?;
    let (_pool, handles) = ten(&scene, Doing::Tally)?;
    let answers = handles.into_iter().map(Handle::wait).collect::<Result<Vec<Answer>, _>>()?;
    let tasks = distinct(answers.iter().map(|answer| answer.pid).collect());
    Ok(Processes { tasks, callbacks: Vec::new(), thread: String::new(), total: total_here() })
}

/// Has a callback add the number of its task.
///
/// # Errors
/// What the pool says.
pub fn in_the_callback(program: &Path) -> Result<Processes, Error> {
    let scene = Scene::new(program)?;
    let (pool, handles) = ten(&scene, Doing::Gate)?;
    let total = Arc::new(AtomicU64::new(0));
    let (told, hears) = channel();
    for (number, handle) in (1..).zip(handles) {
        let (total, told) = (Arc::clone(&total), told.clone());
        handle.on_done(move |outcome| {
            let _runs = info_span!("runs", what = "callback");
            total.fetch_add(number, SeqCst);
            let task = outcome.map(|answer| answer.pid);
            let _ =
                told.send((task, std::process::id(), thread::current().name().map(str::to_owned)));
        });
    }
    drop(told);
    // The callbacks are set: from now on a task may end.
    for _ in 0..10 {
        scene.open_next()?;
    }
    // It waits for the callbacks too.
    pool.shutdown();
    let (mut tasks, mut callbacks, mut thread) = (Vec::new(), Vec::new(), String::new());
    for (task, callback, name) in hears {
        tasks.push(task?);
        callbacks.push(callback);
        thread = name.unwrap_or_default();
    }
    let (tasks, callbacks) = (distinct(tasks), distinct(callbacks));
    Ok(Processes { tasks, callbacks, thread, total: total.load(SeqCst) })
}

/// Sets a callback on a task that is over; returns the name of the thread that ran it, before
/// `on_done` returned.
///
/// # Errors
/// What the pool says.
pub fn afterwards(program: &Path) -> Result<Option<String>, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(1).build()?;
    let handle = pool.submit(Act::task(1, Doing::Nothing));
    // One worker answers in the order of the tasks.
    pool.submit(Act::task(2, Doing::Nothing)).wait()?;
    let (told, hears) = channel();
    handle.on_done(move |_| drop(told.send(thread::current().name().map(str::to_owned))));
    Ok(hears.try_recv().ok().flatten())
}

/// Says what became of a second task, and of its callback, while the callback of the first one was
/// slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The task itself was over.
    pub task_ended: bool,
    /// Its callback was called.
    pub called: bool,
}

/// One worker, two tasks with a callback each. The slow part of the first begins when that callback
/// is called, and is over when a third task, behind both, is.
fn behind(
    program: &Path,
    callback: impl FnOnce(
        Sender<u64>,
        Box<dyn FnOnce() + Send>,
    ) -> Box<dyn FnOnce(Outcome<Answer>) + Send>,
    slow_part_here: bool,
) -> Result<Behind, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(1).chunk(1).build()?;
    let (told, calls) = channel();
    let (open, opened) = channel::<()>();
    let slow = Box::new(move || {
        let _runs = info_span!("runs", what = "slow part");
        // Until it is told that it is over; or that nobody will tell.
        let _ = opened.recv_timeout(A_HANG);
    });
    let first = pool.submit(Act::task(1, Doing::Gate));
    first.on_done(callback(told.clone(), slow));
    pool.submit(Act::task(2, Doing::Nothing)).on_done(move |_| {
        let _ = told.send(2);
    });
    scene.open_next()?;
    let begun = calls.recv_timeout(A_HANG) == Ok(1);
    let task_ended = pool.submit(Act::task(3, Doing::Nothing)).wait().is_ok() && begun;
    let called =
        if slow_part_here { calls.recv_timeout(A_HANG).ok() } else { calls.try_recv().ok() };
    let behind = Behind { task_ended, called: called == Some(2) };
    drop(open);
    pool.shutdown();
    Ok(behind)
}

/// Does something slow in the callback.
///
/// # Errors
/// What the pool says.
pub fn slow(program: &Path) -> Result<Behind, Error> {
    let callback =
        |told: Sender<u64>, slow: Box<dyn FnOnce() + Send>| -> Box<dyn FnOnce(_) + Send> {
            Box::new(move |_| {
                let _ = told.send(1);
                slow();
            })
        };
    behind(program, callback, false)
}

/// Starts a thread for the slow part, and returns.
///
/// # Errors
/// What the pool says.
pub fn handed_on(program: &Path) -> Result<Behind, Error> {
    let callback =
        |told: Sender<u64>, slow: Box<dyn FnOnce() + Send>| -> Box<dyn FnOnce(_) + Send> {
            Box::new(move |_| {
                let _ = told.send(1);
                // Where none can be started, what it would have told is missing, and that is an error.
                drop(thread::Builder::new().name("slow part".to_owned()).spawn(slow));
            })
        };
    behind(program, callback, true)
}

/// Submits a second task in the callback of the first, and waits for it there, with one worker;
/// returns both answers' numbers.
///
/// # Errors
/// What the pool says.
pub fn waits(program: &Path) -> Result<u64, Error> {
    let scene = Scene::new(program)?;
    let pool = Arc::new(scene.workers(1).build()?);
    let (told, hears) = channel();
    let within = Arc::clone(&pool);
    pool.submit(Job::Echo(1)).on_done(move |first| {
        let second = within.submit(Job::Echo(2)).wait();
        drop(within);
        let _ =
            told.send(first.and_then(|first| second.map(|second| 10 * first.value + second.value)));
    });
    hears.recv().unwrap_or(Err(Error::Closed))
}
