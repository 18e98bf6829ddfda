//! What the next step of each task touches, as the wrapped calls note it.
//!
//! Shuttle runs all tasks of a model on one thread of the system and asks its scheduler before each operation that other tasks could see. So
//! a step is one operation and what follows it up to the next. A wrapped call notes its operation *before* the scheduler is asked: at each choice
//! the scheduler knows what every task would do. What an operation turned out to touch (a compare-and-swap that failed has only read) is set
//! when it returns, in the same step.
//!
//! An object gets the number of the task that first stands before it, and how many that task had numbered before: in two runs that begin
//! alike it is the same, which an address is not.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// The number of an object that tasks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(u64);

impl Object {
    /// The order in which tasks are started, which gives them their numbers.
    const SPAWNS: Self = Self(0);
    /// The order in which objects are numbered in the middle of a step.
    const NUMBERS: Self = Self(1);

    const fn of(kind: u64, task: usize, count: u32) -> Self {
        Self(kind << 56 | (task as u64) << 32 | count as u64)
    }

    /// The start of a task.
    fn start(task: usize) -> Self {
        Self::of(2, task, 0)
    }

    /// The end of a task.
    fn end(task: usize) -> Self {
        Self::of(3, task, 0)
    }

    /// The token of a task that parks.
    pub(super) fn token(task: usize) -> Self {
        Self::of(4, task, 0)
    }

    /// A part of this object that is touched by itself: of a channel, its `number`-th message.
    pub(super) fn part(self, number: u32) -> Self {
        Self(self.0 << 20 | u64::from(number) | 1 << 63)
    }
}

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

/// How a step touches an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Reads it.
    Read,
    /// Changes it.
    Write,
    /// Acquires it alone.
    Acquire,
    /// Releases what was acquired alone.
    Release,
    /// Acquires it together with others.
    AcquireShared,
    /// Releases what was acquired together with others.
    ReleaseShared,
    /// Makes possible what takes it: a message, the end of a thread.
    Give,
    /// Is possible once it was given.
    Take,
}

/// One object that a step touches, and how.
pub type Access = (Object, How);

/// What a step touches; `None` if it is not known, which counts as everything.
pub type Footprint = Option<Vec<Access>>;

/// Returns whether the order of two steps matters.
pub fn dependent(one: &Footprint, other: &Footprint) -> bool {
    pairs(one, other).is_none_or(|mut pairs| pairs.any(|(one, other)| conflict(one, other)))
}

/// Returns whether two steps of which the order matters could be taken in the other order: an acquisition cannot come before the
/// release that makes it possible.
pub fn reversible(earlier: &Footprint, later: &Footprint) -> bool {
    let possible = |earlier, later| {
        let enables = match earlier {
            How::Release | How::ReleaseShared => matches!(later, How::Acquire | How::AcquireShared),
            How::Give => later == How::Take,
            _ => false,
        };
        conflict(earlier, later) && !enables
    };
    pairs(earlier, later).is_none_or(|mut pairs| pairs.any(|(earlier, later)| possible(earlier, later)))
}

fn pairs<'a>(one: &'a Footprint, other: &'a Footprint) -> Option<impl Iterator<Item = (How, How)> + 'a> {
    let (one, other) = (one.as_ref()?, other.as_ref()?);
    Some(
        one.iter()
            .flat_map(move |one| other.iter().filter(|other| other.0 == one.0).map(|other| (one.1, other.1))),
    )
}

fn conflict(one: How, other: How) -> bool {
    let shared = |how| matches!(how, How::Read | How::AcquireShared | How::ReleaseShared);
    !(shared(one) && shared(other))
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
    /// Whether it has taken its first step.
    begun: bool,
    made: u32,
    ended: bool,
}

#[derive(Debug, Default)]
struct Notes {
    tasks: Vec<Task>,
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

/// Changes the notes of the task that runs; does nothing outside of a model, and while a thread of the system ends.
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

/// Notes the operation that the task that runs stands before, runs it, and notes what it turned out to touch.
#[track_caller]
pub(super) fn step<R>(
    what: &'static str,
    touches: Vec<Access>,
    needs: Needs,
    run: impl FnOnce() -> R,
    touched: impl FnOnce(&R) -> Option<Vec<Access>>,
) -> R {
    let at = Location::caller();
    noted(|notes, task| {
        notes.task(task).operation = Some(Operation { what, at, touches, needs, steps: 0 });
    });
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
    let needs = Needs::Nothing;
    noted(|notes, task| {
        notes.task(task).operation = Some(Operation { what, at, touches, needs, steps: 0 });
    });
}

/// Notes that the task that runs has passed what it stood before, with a step of its own or as part of the one before.
pub(super) fn passes() {
    noted(|notes, task| {
        let operation = notes.task(task).operation.take();
        operation.into_iter().flat_map(|operation| operation.touches).for_each(|access| notes.also(access));
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

/// Starts a task by `spawn`, and notes it; `number` tells which task it is.
#[track_caller]
pub(super) fn spawn<R>(spawn: impl FnOnce() -> R, number: impl FnOnce(&R) -> usize) -> R {
    let starts = (Object::SPAWNS, How::Write);
    step("starts a thread", vec![starts], Needs::Nothing, spawn, |child| {
        Some(vec![starts, (Object::start(number(child)), How::Give)])
    })
}

/// Notes that the task that runs has ended.
pub(super) fn ended() {
    noted(|notes, task| {
        notes.task(task).ended = true;
        notes.also((Object::end(task), How::Give));
    });
}

/// Returns what a step touches that waits for the end of a task.
pub(super) fn joins(task: usize) -> Access {
    (Object::end(task), How::Take)
}

/// The two ends of a channel as the notes know it: how many were sent, how many were received, how many senders there are.
pub(super) mod channel {
    use super::{Access, How, Object, also, noted};

    const TAIL: u32 = 0xF_FFFF;
    const HEAD: u32 = 0xF_FFFE;
    const SENDERS: u32 = 0xF_FFFD;

    pub(in super::super) fn opened(channel: Object) {
        noted(|notes, _| notes.channels.entry(channel).or_default().senders = 1);
    }

    pub(in super::super) fn sender_cloned(channel: Object) {
        noted(|notes, _| notes.channels.entry(channel).or_default().senders += 1);
    }

    /// The last one to go makes an end of the messages known.
    pub(in super::super) fn sender_dropped(channel: Object) {
        let left = noted(|notes, _| {
            let senders = &mut notes.channels.entry(channel).or_default().senders;
            *senders = senders.saturating_sub(1);
            *senders
        });
        also(channel.part(SENDERS), if left == Some(0) { How::Write } else { How::Read });
    }

    /// The part of a channel that a send changes, and that its receiver closes.
    pub(in super::super) fn closed(channel: Object) -> Object {
        channel.part(TAIL)
    }

    pub(in super::super) fn sends(channel: Object) -> Vec<Access> {
        let sent = noted(|notes, _| notes.channels.get(&channel).map_or(0, |channel| channel.sent));
        vec![(channel.part(TAIL), How::Write), (channel.part(sent.unwrap_or(0)), How::Give)]
    }

    /// What a send turned out to touch, once the message has its number.
    pub(in super::super) fn sent(channel: Object) -> Vec<Access> {
        let touched = sends(channel);
        noted(|notes, _| notes.channels.entry(channel).or_default().sent += 1);
        touched
    }

    pub(in super::super) fn receives(channel: Object) -> Vec<Access> {
        vec![
            (channel.part(HEAD), How::Write),
            (channel.part(TAIL), How::Read),
            (channel.part(SENDERS), How::Read),
        ]
    }

    /// What a receive turned out to touch: its message alone, or that there was none.
    pub(in super::super) fn received(channel: Object, got: bool) -> Vec<Access> {
        if !got {
            return receives(channel);
        }
        let number = noted(|notes, _| {
            let received = &mut notes.channels.entry(channel).or_default().received;
            *received += 1;
            *received - 1
        });
        vec![(channel.part(HEAD), How::Write), (channel.part(number.unwrap_or(0)), How::Take)]
    }
}

/// Forgets everything: a new run of the model begins.
pub fn begin() {
    NOTES.with_borrow_mut(|notes| *notes = Notes::default());
}

/// Takes note that `task` takes a step.
pub fn takes_step(task: usize) {
    NOTES.with_borrow_mut(|notes| {
        notes.running = task;
        let standing = notes.task(task);
        let begun = std::mem::replace(&mut standing.begun, true);
        let Some(operation) = &mut standing.operation else {
            // Its first step does nothing but begin; any other without a note may do anything.
            notes.step = (!begun).then(|| vec![(Object::start(task), How::Take)]);
            return;
        };
        let steps = operation.steps;
        operation.steps += 1;
        let Needs::FreeAgain(lock) = operation.needs else {
            notes.step = Some(operation.touches.clone());
            return;
        };
        // A wait: the lock is released as the wait begins, a signal is consumed, and the lock is acquired again.
        let waits = operation.touches.iter().copied().filter(|(object, _)| *object != lock);
        notes.step = Some(match steps {
            0 => waits.chain([(lock, How::Release)]).collect(),
            1 => waits.collect(),
            _ => vec![(lock, How::Acquire)],
        });
        if steps == 0 {
            notes.locks.entry(lock).or_default().alone = false;
        }
    });
}

/// Returns what the step that runs, or that has just ended, touches.
pub fn touched() -> Footprint {
    NOTES.with_borrow(|notes| notes.step.clone())
}

/// Returns the operation that a task stands before, if it is known.
pub fn operation(task: usize) -> Option<Operation> {
    NOTES.with_borrow(|notes| notes.tasks.get(task)?.operation.clone())
}

/// Returns whether a task could take a step that is more than an attempt: whether the lock that it stands before is free, and its channel not
/// empty. To leave an attempt out that only blocks loses no outcome: the task blocks there all the same.
pub fn possible(task: usize) -> bool {
    NOTES.with_borrow(|notes| {
        let operation = notes.tasks.get(task).and_then(|task| task.operation.as_ref());
        operation.is_none_or(|operation| notes.possible(operation.needs, operation.steps))
    })
}

/// Returns the tasks that have not ended, and what the operation touches that each stands before.
pub fn standing() -> Vec<(usize, Footprint)> {
    NOTES.with_borrow(|notes| {
        let tasks = notes.tasks.iter().enumerate().filter(|(_, task)| !task.ended);
        let touches = |task: &Task| task.operation.as_ref().map(|operation| operation.touches.clone());
        tasks.map(|(number, task)| (number, touches(task))).collect()
    })
}

/// Returns whether a task has ended.
pub fn has_ended(task: usize) -> bool {
    NOTES.with_borrow(|notes| notes.tasks.get(task).is_some_and(|task| task.ended))
}
