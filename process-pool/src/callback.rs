//! A callback on completion: in which process it runs, and on which thread.
//!
//! It runs in the caller's process: it is a closure, and a closure cannot be sent to another. The
//! task ran in a worker, and reaches the caller only by its answer. All callbacks of a pool run on
//! one thread of their own: a slow one delays no worker, but it delays the next callback.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::lesson_task::{LessonTask, Work};
use crate::observer::Observer;
use crate::static_task::{StaticTask, total_here};
use crate::{Builder, Error, Handle, Pool};

/// How long a lesson waits for a callback. Nothing takes this long, unless it never comes.
const A_HANG: Duration = Duration::from_secs(20);

/// A started pool of four workers, and the handles of ten tasks.
type Ten = (Pool<LessonTask>, Vec<Handle<LessonTask>>);

fn ten(observer: &Observer, work: &Work) -> Result<Ten, Error> {
    // One task to a message: so each worker has some.
    let pool = observer.pool(4, Builder::new().chunk(1))?;
    let handles = pool.submit_all((1..=10).map(|number| LessonTask::new(number, work.clone())));
    Ok((pool, handles))
}

/// Has each task add its number to a total in a static: a worker's own.
pub fn in_the_task(observer: &Observer) -> Result<CallbackPlaces, Error> {
    let (_pool, handles) = ten(observer, &Work::Static(StaticTask::Tally))?;
    let pids = handles.into_iter().map(|handle| handle.wait().map(|answer| answer.pid));
    let (callbacks, thread) = (BTreeSet::new(), String::new());
    Ok(CallbackPlaces {
        tasks: pids.collect::<Result<_, _>>()?,
        callbacks,
        thread,
        total: total_here(),
    })
}

/// Has a callback add the number of its task.
pub fn in_the_callback(observer: &Observer) -> Result<CallbackPlaces, Error> {
    let (pool, handles) = ten(observer, &Work::Gate)?;
    let total = Arc::new(AtomicU64::new(0));
    let (sender, called) = channel();
    for (number, handle) in (1..).zip(handles) {
        let (total, sender) = (Arc::clone(&total), sender.clone());
        handle.on_done(move |outcome| {
            let _runs = info_span!("runs", what = "callback");
            total.fetch_add(number, SeqCst);
            let task = outcome.map(|answer| answer.pid);
            let thread = thread::current().name().unwrap_or_default().to_owned();
            let _ = sender.send((task, std::process::id(), thread));
        });
    }
    drop(sender);
    // The callbacks are set: from now on a task may end.
    for _ in 0..10 {
        observer.open_next_gate()?;
    }
    // It waits for the callbacks too.
    pool.shutdown();
    let (tasks, callbacks, total) = (BTreeSet::new(), BTreeSet::new(), total.load(SeqCst));
    let mut places = CallbackPlaces { tasks, callbacks, thread: String::new(), total };
    for (task, callback, name) in called {
        places.tasks.insert(task?);
        places.callbacks.insert(callback);
        places.thread = name;
    }
    Ok(places)
}

/// Sets a callback on a task that is over; returns the name of the thread that ran it, before
/// `on_done` returned.
pub fn afterwards(observer: &Observer) -> Result<Option<String>, Error> {
    let pool = observer.pool(1, Builder::new())?;
    let handle = pool.submit(LessonTask::new(1, Work::Nothing));
    // One worker answers in the order of the tasks.
    pool.submit(LessonTask::new(2, Work::Nothing)).wait()?;
    let (sender, called) = channel();
    handle.on_done(move |_| drop(sender.send(thread::current().name().map(str::to_owned))));
    Ok(called.try_recv().ok().flatten())
}

/// Runs two tasks with a callback each on one worker. The first callback does something slow itself,
/// or `hands_on` the slow part to a new thread, and returns. The slow part is over when a third task,
/// behind both, is.
pub fn delay(observer: &Observer, hands_on: bool) -> Result<CallbackDelay, Error> {
    let pool = observer.pool(1, Builder::new().chunk(1))?;
    let (sender, calls) = channel();
    let (open, opened) = channel::<()>();
    let slow = move || {
        let _runs = info_span!("runs", what = "slow part");
        // Until the lesson has seen enough, or is gone.
        let _ = opened.recv_timeout(A_HANG);
    };
    let of_first = sender.clone();
    let first = pool.submit(LessonTask::new(1, Work::Gate));
    first.on_done(move |_| {
        let _ = of_first.send(1);
        if hands_on {
            // Where no thread can be started, the slow part is dropped, and nothing waits for it.
            drop(thread::Builder::new().name("slow part".to_owned()).spawn(slow));
        } else {
            slow();
        }
    });
    let second = pool.submit(LessonTask::new(2, Work::Nothing));
    second.on_done(move |_| {
        let _ = sender.send(2);
    });
    observer.open_next_gate()?;
    let begun = calls.recv_timeout(A_HANG) == Ok(1);
    let task_ended = pool.submit(LessonTask::new(3, Work::Nothing)).wait().is_ok() && begun;
    let called = if hands_on { calls.recv_timeout(A_HANG).ok() } else { calls.try_recv().ok() };
    let delay = CallbackDelay { task_ended, called: called == Some(2) };
    drop(open);
    pool.shutdown();
    Ok(delay)
}

/// Submits a second task in the callback of the first, and waits for it there, with one worker;
/// returns both tasks' numbers as the digits of one.
pub fn waits(observer: &Observer) -> Result<u64, Error> {
    let pool = Arc::new(observer.pool(1, Builder::new())?);
    let (sender, called) = channel();
    let within = Arc::clone(&pool);
    pool.submit(LessonTask::new(1, Work::Nothing)).on_done(move |first| {
        let second = within.submit(LessonTask::new(2, Work::Nothing)).wait();
        drop(within);
        let both = first.and_then(|first| second.map(|second| 10 * first.value + second.value));
        let _ = sender.send(both);
    });
    called.recv().unwrap_or(Err(Error::Closed))
}

/// Where tasks and their callbacks ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackPlaces {
    /// The processes that ran the tasks.
    pub tasks: BTreeSet<u32>,
    /// The processes that ran the callbacks.
    pub callbacks: BTreeSet<u32>,
    /// The thread that ran the last callback.
    pub thread: String,
    /// The sum of what ten tasks and their callbacks added in this process's memory.
    pub total: u64,
}

/// The state of a second task, and of its callback, while the callback of the first one was slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackDelay {
    /// Whether the task was over.
    pub task_ended: bool,
    /// Whether its callback was called.
    pub called: bool,
}
