//! What the next step of each task touches, as the wrapped calls note it.
//!
//! Shuttle runs all tasks of a model on one thread of the system and asks its scheduler before each
//! operation that other tasks could see. So a step is one operation and what follows it up to the
//! next. A wrapped call notes its operation *before* the scheduler is asked: at each choice the
//! scheduler knows what every task would do. What an operation turned out to touch (a
//! compare-and-swap that failed has only read) is set when it returns, in the same step.
//!
//! An object gets the number of the task that first stands before it, and how many that task had
//! numbered before: in two runs that begin alike it is the same, which an address is not.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

pub use self::access::{
    Access, Footprint, How, Object, dependent, mistake_for_independent, reversible, trace_key,
};
pub use self::search::{
    begin, has_begun, has_ended, is_known, is_shown_ended, is_shown_returned, last_place, name,
    operation, possible, standing, takes_step, touched,
};
pub use self::shown::{Place, awaits, future, named, tells};
use self::shown::{Shown, place};
pub(super) use self::shown::{begins_at, ends, last_future};

mod access;
pub(super) mod channel;
mod search;
mod shown;

/// A place for the number of an object, which is made by a constant function and numbered later.
#[derive(Debug)]
pub(super) struct Shared(AtomicU64);

impl Shared {
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Returns the object, numbered now at the latest.
    pub(super) fn object(&self) -> Object {
        if self.0.load(Relaxed) == 0 {
            self.0.store(new_object().0, Relaxed);
        }
        Object(self.0.load(Relaxed))
    }

    /// Notes that the step that runs touches the object besides its operation.
    pub(super) fn also(&self, how: How) {
        if self.0.load(Relaxed) == 0 {
            also(Object::NUMBERS, How::Write);
        }
        also(self.object(), how);
    }
}

/// An operation that a task stands before.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What it does, as a verb in the third person.
    pub what: &'static str,
    /// Where in the source it stands.
    pub at: &'static Location<'static>,
    /// What it touches, as far as that is known before.
    pub touches: Vec<Access>,
    /// What it needs to be possible.
    pub needs: Needs,
    /// How many steps of it are done: waiting for a condition variable takes three.
    steps: u32,
}

/// What an operation needs to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// That nobody holds this lock.
    Free(Object),
    /// That nobody holds this lock alone.
    NotAlone(Object),
    /// That the channel has a message, or no sender any more.
    Message(Object),
    /// For its third step, that nobody holds the lock that it has released.
    FreeAgain(Object),
}

/// How a lock is held.
#[derive(Clone, Copy, Debug, Default)]
struct Holders {
    alone: bool,
    together: u32,
}

/// What a channel without a bound holds.
#[derive(Clone, Copy, Debug, Default)]
struct Channel {
    sent: u32,
    received: u32,
    senders: u32,
}

#[derive(Debug, Default)]
struct Task {
    operation: Option<Operation>,
    /// Whether it has stood before an operation.
    operates: bool,
    /// Whether it is a thread, whose first step does nothing but begin. That of a future goes up to
    /// its first await.
    is_thread: bool,
    /// Whether it has taken its first step.
    begun: bool,
    made: u32,
    ended: bool,
}

#[derive(Debug, Default)]
struct Notes {
    tasks: Vec<Task>,
    shown: HashMap<usize, Shown>,
    /// The name of the future that was made last, and where, until it is spawned or polled.
    future: Option<(String, Place)>,
    /// The task whose step runs; what others do then is the end of the run, which tears them down.
    running: usize,
    step: Footprint,
    locks: HashMap<Object, Holders>,
    channels: HashMap<Object, Channel>,
}

thread_local!(static NOTES: RefCell<Notes> = RefCell::default());

fn current() -> Option<usize> {
    shuttle::current::try_get_current_task().map(usize::from)
}

/// Changes the notes of the task that runs; does nothing outside of a model, and while a thread of
/// the system ends.
fn noted<R>(change: impl FnOnce(&mut Notes, usize) -> R) -> Option<R> {
    let task = current()?;
    let changed = NOTES.try_with(|notes| {
        let mut notes = notes.try_borrow_mut().ok()?;
        (notes.running == task).then(|| change(&mut notes, task))
    });
    changed.ok().flatten()
}

impl Notes {
    fn task(&mut self, task: usize) -> &mut Task {
        if self.tasks.len() <= task {
            self.tasks.resize_with(task + 1, Task::default);
        }
        &mut self.tasks[task]
    }

    fn also(&mut self, access: Access) {
        if let Some(step) = &mut self.step {
            step.push(access);
        }
    }

    fn possible(&self, needs: Needs, steps: u32) -> bool {
        let lock = |object| self.locks.get(&object).copied().unwrap_or_default();
        match needs {
            Needs::Nothing => true,
            Needs::Free(object) => !lock(object).alone && lock(object).together == 0,
            Needs::NotAlone(object) => !lock(object).alone,
            Needs::FreeAgain(object) => steps < 2 || !lock(object).alone,
            Needs::Message(object) => self
                .channels
                .get(&object)
                .is_none_or(|channel| channel.received < channel.sent || channel.senders == 0),
        }
    }
}

/// Numbers a new object of the task that runs; 0 outside of a model.
pub(super) fn new_object() -> Object {
    let number = noted(|notes, task| {
        let made = &mut notes.task(task).made;
        *made += 1;
        Object::of(1, task, *made)
    });
    number.unwrap_or(Object(0))
}

/// Notes the operation that the task that runs stands before, runs it, and notes what it turned out
/// to touch.
#[track_caller]
pub(super) fn step<R>(
    what: &'static str,
    touches: Vec<Access>,
    needs: Needs,
    run: impl FnOnce() -> R,
    touched: impl FnOnce(&R) -> Option<Vec<Access>>,
) -> R {
    step_at(Location::caller(), what, touches, needs, run, touched)
}

/// Does the same for an operation that stands elsewhere: an iterator's stands where that was made.
pub(super) fn step_at<R>(
    at: &'static Location<'static>,
    what: &'static str,
    touches: Vec<Access>,
    needs: Needs,
    run: impl FnOnce() -> R,
    touched: impl FnOnce(&R) -> Option<Vec<Access>>,
) -> R {
    stand(what, at, touches, needs);
    let result = run();
    let touched = touched(&result);
    noted(|notes, task| {
        notes.task(task).operation = None;
        match (touched, &mut notes.step) {
            // A task that unwinds may be torn down, and then this is no step of its own.
            (Some(touched), Some(step)) if std::thread::panicking() => step.extend(touched),
            (Some(touched), step) => *step = Some(touched),
            (None, _) => {}
        }
    });
    result
}

/// Notes that the task that runs stands before the ends of other tasks.
pub(super) fn stands(what: &'static str, at: &'static Location<'static>, touches: Vec<Access>) {
    stand(what, at, touches, Needs::Nothing);
}

fn stand(what: &'static str, at: &'static Location<'static>, touches: Vec<Access>, needs: Needs) {
    noted(|notes, task| {
        let standing = notes.task(task);
        standing.operation = Some(Operation { what, at, touches, needs, steps: 0 });
        standing.operates = true;
        // A guard is dropped at the end of its scope, which has no place of its own.
        if what != "releases" {
            notes.shown.entry(task).or_default().at = Some(place(at));
        }
    });
}

/// Notes that the task that runs has passed what it stood before, with a step of its own or as part
/// of the one before.
pub(super) fn passes() {
    noted(|notes, task| {
        let operation = notes.task(task).operation.take();
        operation
            .into_iter()
            .flat_map(|operation| operation.touches)
            .for_each(|access| notes.also(access));
    });
}

/// Notes that the step that runs touches an object besides its operation.
pub(super) fn also(object: Object, how: How) {
    noted(|notes, _| notes.also((object, how)));
}

/// Notes that a lock was acquired or released by the step that runs.
pub(super) fn hold(lock: Object, how: How) {
    noted(|notes, _| {
        let holders = notes.locks.entry(lock).or_default();
        match how {
            How::Acquire => holders.alone = true,
            How::Release => holders.alone = false,
            How::AcquireShared => holders.together += 1,
            How::ReleaseShared => holders.together = holders.together.saturating_sub(1),
            _ => {}
        }
    });
}

/// Starts a task by `spawn`, and notes it; `child` tells which task it is, and its name.
#[track_caller]
pub(super) fn spawn<R>(
    spawn: impl FnOnce() -> R,
    child: impl Fn(&R) -> (usize, Option<String>),
) -> R {
    let starts = (Object::SPAWNS, How::Write);
    let spawned = step("starts a thread", vec![starts], Needs::Nothing, spawn, |spawned| {
        Some(vec![starts, (Object::start(child(spawned).0), How::Give)])
    });
    let (number, name) = child(&spawned);
    noted(|notes, _| {
        notes.task(number).is_thread = true;
        notes.shown.entry(number).or_default().name = name;
    });
    spawned
}

/// Notes that the task that runs has ended.
pub(super) fn ended() {
    noted(|notes, task| {
        notes.task(task).ended = true;
        notes.also((Object::end(task), How::Give));
    });
}
