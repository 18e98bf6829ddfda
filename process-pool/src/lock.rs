//! A number that the workers share, and a lock that they share.
//!
//! A mutex of std would be of no use: it is in the memory of one process. The pool's lock is
//! libc's, in shared memory, made so that processes may share it; each worker is handed it when it
//! starts, and a task finds it in its [`Context`](crate::Context). Python's pool refuses a lock as
//! an argument; there it comes from a `Manager`, a process of its own, or through the initializer.
//!
//! The window of a lost update is widened in the open: a task waits at the gate between its read
//! and its write.

use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::{Duration, Instant};

use crate::act::{Act, Doing, How, Times};
use crate::job::{Death, Job};
use crate::scene::{Scene, What};
use crate::{Builder, Error, Handle, Pool};

/// A worker is there long before, or cannot be started.
const A_HANG: Duration = Duration::from_secs(10);

/// Says how often a number was added to, and what it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// So many tasks added 1 and returned.
    pub added: u64,
    /// The number at the end.
    pub came_to: u64,
}

fn pairs(scene: &Scene, pool: &Pool<Job>, how: How, at_once: bool) -> Result<Sum, Error> {
    let mut added = 0;
    for pair in 0..5 {
        let tasks = [1, 2].map(|one| Act::task(2 * pair + one, Doing::Add(how, Times::AtGate)));
        let handles = tasks.map(|task| pool.submit(task));
        if at_once {
            // Both have read, and neither has written.
            scene.until_at_gate(2)?.iter().for_each(|(pid, _)| scene.open(*pid));
        } else {
            // Both have begun, one has read: it is let on. Then the other.
            let (mut begun, mut at_gate) = (0, None);
            while begun < 2 || at_gate.is_none() {
                let said = scene.hear()?;
                begun += u32::from(matches!(said.what, What::Begins(_)));
                at_gate = at_gate.or(matches!(said.what, What::AtGate(_)).then_some(said.pid));
            }
            at_gate.into_iter().for_each(|pid| scene.open(pid));
            scene.open_next()?;
        }
        for answer in handles.map(Handle::wait) {
            added += answer?.value;
        }
    }
    Ok(Sum { added, came_to: pool.counter().load(SeqCst) })
}

/// Adds to the number by reading and then writing it: ten tasks in pairs, each pair at the same
/// time.
///
/// # Errors
/// What the pool says, or a worker that says nothing.
pub fn without(program: &Path) -> Result<Sum, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    pairs(&scene, &pool, How::Bare, true)
}

/// Adds to the number in the same two steps, with the lock around them.
///
/// # Errors
/// As [`without`].
pub fn with(program: &Path) -> Result<Sum, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    pairs(&scene, &pool, How::Locked, false)
}

/// Adds to the number in one step: for a number no lock is needed.
///
/// # Errors
/// As [`without`].
pub fn in_one_step(program: &Path) -> Result<Sum, Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    pairs(&scene, &pool, How::Atomic, true)
}

/// Has ten tasks on four workers add 300 000 each, with no window but the one that is there. All
/// four are there before the first begins.
///
/// # Errors
/// What the pool says.
pub fn at_full_speed(program: &Path, how: How) -> Result<Sum, Error> {
    let pool = Builder::new().workers(4).program(program).chunk(1).build()?;
    let begun = Instant::now();
    while pool.pids().len() < 4 {
        if begun.elapsed() > A_HANG {
            let why =
                format!("4 workers were asked for, and {} could be started", pool.pids().len());
            return Err(Error::NoWorker(why));
        }
        thread::yield_now();
    }
    let tasks = (1..=10).map(|number| Act::task(number, Doing::Add(how, Times::Many(300_000))));
    let answers = pool.map(tasks).into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Sum {
        added: answers.iter().map(|answer| answer.value).sum(),
        came_to: pool.counter().load(SeqCst),
    })
}

/// Kills a worker that has the lock. Returns whether the next to take it was told, and what the
/// others could add after that.
///
/// # Errors
/// What the pool says.
///
/// # Blocking
/// For ever, on a system whose locks are not robust.
pub fn owner_dies(program: &Path) -> Result<(bool, Sum), Error> {
    let scene = Scene::new(program)?;
    let pool = scene.workers(2).build()?;
    let Err(Error::Died { .. }) = pool.submit(Job::Die(Death::KillWithLock)).wait() else {
        return Err(Error::Refused("the worker lives".to_owned()));
    };
    let told = pool.lock().owner_died();
    let tasks = (1..=10).map(|number| Act::task(number, Doing::Add(How::Locked, Times::Many(10))));
    let answers = pool.map(tasks).into_iter().collect::<Result<Vec<_>, _>>()?;
    let added = answers.iter().map(|answer| answer.value).sum();
    Ok((told, Sum { added, came_to: pool.counter().load(SeqCst) }))
}
