//! Results as they come: the first that is over is the first to be had.
//!
//! The slow one here is the first to be submitted. A caller that asks in order waits for it while
//! nine others lie ready; one that takes them as they are completed has those nine first.

use std::path::Path;
use std::thread;

use tracing::info_span;

use crate::act::{Act, Doing};
use crate::results::map::{TASKS, WORKERS};
use crate::scene::Scene;
use crate::{Error, Handle, as_completed};

/// Says when the caller had what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// The tasks, in the order in which the caller had their results; the first submitted is 1, and
    /// is slow.
    pub order: Vec<usize>,
    /// So many results lay ready when the caller had its first.
    pub ready: usize,
}

/// The first waits at the gate, the others do nothing.
fn task(number: u64) -> crate::job::Job {
    Act::task(number, if number == 1 { Doing::Gate } else { Doing::Nothing })
}

/// Asks in the order of the tasks. The gate is opened when all others are over.
///
/// # Errors
/// What the pool or a handle says, or a worker that says nothing.
pub fn in_order(program: &Path) -> Result<Had, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).build()?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let first = pool.submit(task(1));
    let others = pool.submit_all((2..=TASKS).map(task));
    thread::scope(|scope| {
        let opens = scope.spawn(|| {
            let at_gate = scene.until_at_gate(1)?;
            while !others.iter().all(Handle::is_finished) {
                thread::yield_now();
            }
            at_gate.iter().for_each(|(pid, _)| scene.open(*pid));
            Ok::<_, Error>(())
        });
        let _waits = info_span!("waits", what = "task 1");
        let first = first.wait();
        opens.join().expect("it does not panic").and(first)
    })?;
    let mut had =
        Had { order: vec![1], ready: others.iter().filter(|other| other.is_finished()).count() };
    for (number, other) in (2..).zip(others) {
        other.wait()?;
        had.order.push(number);
    }
    Ok(had)
}

/// Takes the results as they come. The gate is opened when the caller has had all others.
///
/// # Errors
/// What the pool or a handle says, or a worker that says nothing.
pub fn as_they_come(program: &Path) -> Result<Had, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(WORKERS).build()?;
    let _lane = info_span!("lane", lane = "caller").entered();
    let mut results = as_completed(pool.submit_all((1..=TASKS).map(task)));
    let mut had = Had { order: Vec::new(), ready: 0 };
    let next = || {
        let _waits = info_span!("waits", what = "the next");
        results.next()
    };
    for (index, outcome) in std::iter::from_fn(next) {
        outcome?;
        had.order.push(index + 1);
        if had.order.len() == TASKS as usize - 1 {
            scene.open_next()?;
        }
    }
    Ok(had)
}
