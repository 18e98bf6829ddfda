//! A number that the workers share, and a lock that they share.
//!
//! A mutex of std would be of no use: it is in the memory of one process. The pool's lock is
//! libc's, process-shared and robust, in shared memory; each worker is handed it when it starts, and
//! a task finds it in its [`Context`](crate::Context). Python's pool refuses a lock as an argument;
//! there it comes from a `Manager`, a process of its own, or through the initializer.
//!
//! The window of the lost update is widened in the open: a task waits at the gate between its read
//! and its write.

use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;

use crate::lesson_task::{Answer, LessonTask, Work};
use crate::observer::{Observer, Report};
use crate::shared_task::{How, SharedTask};
use crate::{Builder, Error, Handle, Outcome, Pool};

/// A task that adds to the number, with a window if it waits at the `gate`: see [`SharedTask`].
fn add(number: u64, how: How, times: u64, gate: bool) -> LessonTask {
    LessonTask::new(number, Work::Shared(SharedTask::Add { how, times, gate }))
}

/// Runs ten tasks in pairs, each pair in parallel, which add to the number in one of three ways.
pub fn pairs(observer: &Observer, how: How) -> Result<Sum, Error> {
    let pool = observer.full_pool(2, Builder::new())?;
    let mut outcomes = Vec::new();
    for pair in 0..5_u64 {
        let handles = [1, 2].map(|place| pool.submit(add(2 * pair + place, how, 1, true)));
        if how == How::Locked {
            // Both have begun, one has read: it is let on. Then the other.
            let (mut begun, mut at_gate) = (0, None);
            while begun < 2 || at_gate.is_none() {
                let (pid, report) = observer.next_report()?;
                begun += u32::from(matches!(report, Report::Begins(_)));
                let passes =
                    if let Report::AtGate(task) = report { Some((pid, task)) } else { None };
                at_gate = at_gate.or(passes);
            }
            observer.open_gates(at_gate.as_slice());
            observer.open_next_gate()?;
        } else {
            // Both have read, and neither has written.
            let at_gate = observer.wait_at_gate(2)?;
            observer.open_gates(&at_gate);
        }
        outcomes.extend(handles.map(Handle::wait));
    }
    Sum::of(&pool, outcomes)
}

/// Has ten tasks on four workers add 300 000 each, with no window but the one that is there. All
/// four workers are ready before the first task begins.
pub fn at_full_speed(program: &Path, how: How) -> Result<Sum, Error> {
    let (pool, shortage) = Builder::new().workers(4).program(program).chunk(1).build_settled()?;
    if let Some(why) = shortage {
        return Err(Error::NoWorker(why));
    }
    let outcomes = pool.map((1..=10).map(|number| add(number, how, 300_000, false)));
    Sum::of(&pool, outcomes)
}

/// Kills a worker that has the lock. Returns whether the next owner learned of it, and what the
/// others could add after that.
///
/// # Blocking
/// For ever, on a system whose locks are not robust.
pub fn owner_dies(observer: &Observer) -> Result<(bool, Sum), Error> {
    let pool = observer.pool(2, Builder::new())?;
    let killed = pool.submit(LessonTask::new(1, Work::Kill { with_lock: true }));
    let Err(Error::Died { .. }) = killed.wait() else {
        return Err(Error::Refused("the worker lives".to_owned()));
    };
    let told = pool.lock().owner_died();
    let outcomes = pool.map((2..=11).map(|number| add(number, How::Locked, 10, false)));
    Ok((told, Sum::of(&pool, outcomes)?))
}

/// A sum, and what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// How often 1 was added.
    pub added: u64,
    /// The number at the end.
    pub came_to: u64,
}

impl Sum {
    fn of(pool: &Pool<LessonTask>, outcomes: Vec<Outcome<Answer>>) -> Result<Self, Error> {
        let values = outcomes.into_iter().map(|outcome| outcome.map(|answer| answer.value));
        Ok(Self { added: values.sum::<Result<_, _>>()?, came_to: pool.counter().load(SeqCst) })
    }
}
