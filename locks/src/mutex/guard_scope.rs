//! How long a guard lives: to the end of its block if it has a name, to the end of its *statement*
//! if it has none.
//!
//! A worker takes a job out of a shared list and does it. In which variant can other threads
//! acquire the list meanwhile? Each returns whether the list was free during the job.

use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread::{Scope, scope, sleep};
use std::time::Duration;

use tracing::info_span;

use crate::scoped_threads::{acquire, finish, start};

type Jobs = Mutex<Vec<u32>>;

/// Does a job, until t2 has looked whether the list is free and for `pace` longer; returns whether
/// it was.
fn job<'scope>(scope: &'scope Scope<'scope, '_>, jobs: &'scope Jobs, pace: Duration) -> bool {
    let (sender, found) = channel();
    start(scope, "t2", move || {
        let free = jobs.try_lock().is_ok();
        let waits = (!free).then(|| info_span!("waits", what = "jobs"));
        // It cannot fail: t1 waits for it.
        let _ = sender.send(free);
        let _jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let _holds = info_span!("holds", what = "jobs");
        drop(waits);
        sleep(pace / 4);
    });
    let free = found.recv().unwrap_or(false);
    // Where t1 holds the lock meanwhile, that is what its lane shows.
    let _runs = free.then(|| info_span!("runs", what = "job"));
    if !free {
        tracing::info!("does its job");
    }
    sleep(pace);
    free
}

fn worker<'env>(
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> bool + Send + 'env,
) -> bool {
    scope(|scope| finish(start(scope, "t1", move || body(scope))))
}

/// Matches on what comes out of the lock: the guard has no name, and lives as long as the `match`,
/// all arms included.
///
/// `while let Some(job) = jobs.lock().unwrap().pop() { … }` is the same trap.
pub fn in_the_match(pace: Duration) -> bool {
    let jobs = &Jobs::new(vec![1]);
    worker(|scope| match acquire("jobs", jobs).pop() {
        Some(_) => job(scope, jobs, pace),
        None => true,
    })
}

/// Gives the job a name first: the statement ends, and the guard with it.
pub fn named_first(pace: Duration) -> bool {
    let jobs = &Jobs::new(vec![1]);
    worker(|scope| {
        let next = acquire("jobs", jobs).pop();
        match next {
            Some(_) => job(scope, jobs, pace),
            None => true,
        }
    })
}

/// Does a job in the `else` of an `if let`: since the edition of 2024, the guard is gone by then.
/// Before, it was not.
pub fn in_the_else(pace: Duration) -> bool {
    let jobs = &Jobs::default();
    worker(|scope| {
        if let Some(_job) = acquire("jobs", jobs).pop() { false } else { job(scope, jobs, pace) }
    })
}
