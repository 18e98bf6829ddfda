//! What a reader is shown of each task: its name, and where in the source it stands.

use std::panic::Location;

use super::{NOTES, noted};

/// What a reader is shown of a task, which may be known before the task takes a step.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) name: Option<String>,
    /// Where it stands, or has stood last.
    pub(super) at: Option<Place>,
    /// Of a future's task: whether it has ended. The search does not ask: a step without a note may
    /// touch anything, the end of a task too.
    pub(super) has_ended: bool,
    /// Whether it has by returning. A run that is torn down drops futures as an abort does.
    pub(super) has_returned: bool,
}

/// A file, and a line of it.
pub type Place = (&'static str, u32);

pub(super) fn place(at: &'static Location<'static>) -> Place {
    (at.file(), at.line())
}

/// Names the task that runs, from here on. Does nothing outside of a model.
pub fn named(name: &str) {
    noted(|notes, task| {
        notes.future = None;
        notes.shown.entry(task).or_default().name = Some(name.to_owned());
    });
}

/// Names a future that is made here, and spawned or polled next: the task that it becomes has its
/// name before it has begun. Does nothing outside of a model.
#[track_caller]
pub fn future(name: &str) {
    let at = place(Location::caller());
    noted(|notes, _| notes.future = Some((name.to_owned(), at)));
}

/// Returns the name of the future that was made last, and where, if that was not asked for.
pub(in crate::model) fn last_future() -> Option<(String, Place)> {
    noted(|notes, _| notes.future.take()).flatten()
}

/// Names a task that has not begun, and says where it will.
pub(in crate::model) fn begins_at(task: usize, (name, at): (String, Place)) {
    NOTES.with_borrow_mut(|notes| {
        notes.shown.insert(task, Shown { name: Some(name), at: Some(at), ..Shown::default() });
    });
}

/// Notes that the task that runs, a future's, has ended: that it has returned, or was aborted.
pub(in crate::model) fn ends(returned: bool) {
    noted(|notes, task| {
        let shown = notes.shown.entry(task).or_default();
        (shown.has_ended, shown.has_returned) = (true, returned);
    });
}

/// Notes where the task that runs stands: at an await or a spawn, which no operation notes. Does
/// nothing outside of a model.
pub fn awaits(at: &'static Location<'static>) {
    noted(|notes, task| notes.shown.entry(task).or_default().at = Some(place(at)));
}

/// Notes where the task that runs tells something, if no operation says where it stands.
pub fn tells(at: Place) {
    noted(|notes, task| {
        if !notes.task(task).operates {
            notes.shown.entry(task).or_default().at = Some(at);
        }
    });
}
