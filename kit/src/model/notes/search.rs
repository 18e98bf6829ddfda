//! What a search through the schedules asks of the notes, and tells them.

use super::shown::Shown;
use super::{Footprint, How, NOTES, Needs, Notes, Object, Operation, Place, Task};

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
            // Any other step without a note may do anything.
            let begins = standing.is_thread && !begun;
            notes.step = begins.then(|| vec![(Object::start(task), How::Take)]);
            return;
        };
        let steps = operation.steps;
        operation.steps += 1;
        let Needs::FreeAgain(lock) = operation.needs else {
            notes.step = Some(operation.touches.clone());
            return;
        };
        // A wait: the lock is released as the wait begins, a signal is consumed, and the lock is
        // acquired again.
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

/// Returns whether a task could take a step that is more than an attempt: whether the lock that it
/// stands before is free, and its channel not empty. To leave an attempt out that only blocks loses
/// no outcome: the task blocks there all the same.
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
        let touches =
            |task: &Task| task.operation.as_ref().map(|operation| operation.touches.clone());
        tasks.map(|(number, task)| (number, touches(task))).collect()
    })
}

/// Returns whether a task has ended.
pub fn has_ended(task: usize) -> bool {
    NOTES.with_borrow(|notes| notes.tasks.get(task).is_some_and(|task| task.ended))
}

/// Returns whether a task is to be shown as one that has ended, be it a thread or a future's. What a
/// search may leave out follows from [`has_ended`] alone.
pub fn is_shown_ended(task: usize) -> bool {
    has_ended(task) || shown(task, |shown| shown.has_ended)
}

/// Returns whether it is to be shown so after the run, which has torn down what had not ended.
pub fn is_shown_returned(task: usize) -> bool {
    has_ended(task) || shown(task, |shown| shown.has_returned)
}

fn shown(task: usize, asked: impl Fn(&Shown) -> bool) -> bool {
    NOTES.with_borrow(|notes| notes.shown.get(&task).is_some_and(asked))
}

/// Returns whether a task has taken its first step.
pub fn has_begun(task: usize) -> bool {
    NOTES.with_borrow(|notes| notes.tasks.get(task).is_some_and(|task| task.begun))
}

/// Returns whether there is a task of that number in the run so far.
pub fn is_known(task: usize) -> bool {
    NOTES.with_borrow(|notes| task < notes.tasks.len())
}

/// Returns the name that a task was given, if it was given one.
pub fn name(task: usize) -> Option<String> {
    NOTES.with_borrow(|notes| notes.shown.get(&task)?.name.clone())
}

/// Returns where in the source a task stands, or has stood last.
pub fn last_place(task: usize) -> Option<Place> {
    NOTES.with_borrow(|notes| notes.shown.get(&task)?.at)
}
