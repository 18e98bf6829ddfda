//! A schedule, told step by step.

use std::sync::{Arc, Mutex, PoisonError};

use kit::model::notes::{self, Footprint, How, Object};
use shuttle::current;

use super::Why;
use crate::record::{Record, Sink, State, What};
use crate::source::Place;
use crate::wait_for::doing;

/// Returns a task's name, or one for a task that has none.
pub(super) fn name(task: usize) -> String {
    let unnamed = || if task == 0 { "main".to_owned() } else { format!("thread {task}") };
    notes::name(task).unwrap_or_else(unnamed)
}

/// What one thread did at one point of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The thread.
    pub lane: String,
    /// What it did.
    pub did: String,
    /// Where in the source it did it, as far as that was noted.
    pub at: Option<(&'static str, u32)>,
}

/// A record of the schedule that runs now, with the task that made it.
pub(super) struct Noted {
    pub(super) record: Record,
    task: Option<usize>,
    /// Where that task's last operation stands.
    at: Option<Place>,
}

/// Keeps the records of the schedule that runs now, in the lanes of the model's threads.
pub(super) struct Steps(Arc<Mutex<Vec<Noted>>>);

impl Steps {
    pub(super) fn new(records: &Arc<Mutex<Vec<Noted>>>) -> Self {
        Self(Arc::clone(records))
    }
}

impl Sink for Steps {
    fn take(&self, record: Record) {
        let task = current::try_get_current_task().map(usize::from);
        let at = task.and_then(notes::last_place);
        let noted = Noted { record, task, at };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(noted);
    }

    fn lane(&self) -> String {
        name(current::try_get_current_task().map_or(0, usize::from))
    }

    fn tells(&self, file: &'static str, line: u32) {
        notes::tells((file, line));
    }
}

/// Tells a schedule's records as steps. A lock that is given at once is only taken; one that is
/// asked for and given after another thread has acted is two steps. What a failure ends by tearing
/// the threads down is no step.
pub(super) fn steps(noted: &[Noted], stuck: &[Stuck], why: Option<&Why>) -> Vec<Step> {
    let closed = |noted: &Noted| matches!(noted.record.what, What::Closed { .. });
    let last = noted.iter().rposition(|noted| !closed(noted));
    let noted = if why.is_some() { &noted[..last.map_or(0, |last| last + 1)] } else { noted };
    let mut steps = Vec::new();
    for (index, Noted { record, task, at }) in noted.iter().enumerate() {
        let after = &noted[index + 1..];
        let mut at = *at;
        let did = match &record.what {
            What::Opened { id, state: State::Waits, label, .. } => {
                let until =
                    after.iter().position(|later| later.record.what == What::Closed { id: *id });
                let at_once = until.is_some_and(|until| {
                    after[..until].iter().all(|later| later.record.lane == record.lane)
                });
                // In a deadlock, whatever still waits waits for ever.
                let for_ever = until.is_none() && matches!(why, Some(Why::Deadlock));
                let during = index..until.map_or(noted.len(), |until| index + 1 + until);
                let has_to =
                    for_ever || !is_held(noted, label) || is_stuck(noted, stuck, during, *task);
                if at_once || !has_to {
                    continue;
                }
                // The operation that it waits in is noted after the wait itself.
                let next = after.iter().find(|later| later.task == *task).map(|later| later.at);
                at = next.unwrap_or_else(|| task.and_then(notes::last_place));
                format!("waits for {label}")
            }
            What::Opened { state, label, .. } => match state {
                State::Holds => format!("acquires {label}"),
                _ => label.clone(),
            },
            What::Closed { id } => match opened(&noted[..index], *id) {
                Some(label) => {
                    at = None;
                    format!("releases {label}")
                }
                None => continue,
            },
            What::Said { text, .. } => text.clone(),
        };
        steps.push(Step { lane: record.lane.clone(), did, at });
    }
    steps
}

/// A number of records, a task that could not go on then, and the one that held the lock it wants.
pub(super) type Stuck = (usize, usize, Option<usize>);

/// Returns the tasks that cannot go on at a choice, or only look again: what spins has been refused.
pub(super) fn stuck(
    records: usize,
    runnable: &[usize],
    trace: &[(usize, Footprint)],
) -> impl Iterator<Item = Stuck> {
    let tasks = (0..).take_while(|&task| notes::is_known(task));
    tasks.filter_map(move |task| {
        let next = notes::operation(task);
        let looks_again =
            next.as_ref().is_some_and(|next| matches!(next.what, "yields" | "sleeps" | "parks"));
        if looks_again || !runnable.contains(&task) {
            return Some((records, task, None));
        }
        let next = next.filter(|_| !notes::possible(task))?;
        Some((records, task, next.touches.iter().find_map(|&(lock, _)| holder(trace, lock))))
    })
}

/// Finds the task that has acquired a lock last, unless it has released it.
fn holder(trace: &[(usize, Footprint)], lock: Object) -> Option<usize> {
    let touches = |touched: &Footprint| {
        let how = touched.iter().flatten().rev().filter(|(object, _)| *object == lock);
        how.map(|(_, how)| *how).find(|how| matches!(how, How::Acquire | How::Release))
    };
    let last = trace.iter().rev().find_map(|(task, touched)| Some((*task, touches(touched)?)));
    last.filter(|(_, how)| *how == How::Acquire).map(|(task, _)| task)
}

/// Returns whether a task could not go on at some time between two records. That another lane holds
/// what it waits for does not tell: a reader may come in beside a reader. Nor does a lock inside of
/// the one that the lesson tells of: whoever holds that tells nothing of it.
fn is_stuck(
    noted: &[Noted],
    stuck: &[Stuck],
    during: std::ops::Range<usize>,
    task: Option<usize>,
) -> bool {
    let tells = |records: usize, holder: Option<usize>| {
        let noted = noted[..records.min(noted.len())].iter().filter(|one| one.task == holder);
        holder.is_none()
            || !doing(noted.map(|one| &one.record)).values().all(|it| it.holds.is_empty())
    };
    stuck.iter().any(|&(records, other, holder)| {
        Some(other) == task
            && during.start < records
            && records <= during.end
            && tells(records, holder)
    })
}

/// Returns whether a lane ever holds it. What nobody ever holds is no lock, and is waited for until
/// somebody gives it.
fn is_held(noted: &[Noted], label: &str) -> bool {
    noted.iter().any(|noted| match &noted.record.what {
        What::Opened { state: State::Holds, label: held, .. } => held == label,
        _ => false,
    })
}

/// Tells what is said and done from the record `first` on: what a lane holds and waits for is told
/// where it stands.
pub(super) fn told(noted: &[Noted], first: usize) -> impl Iterator<Item = (&str, &str)> {
    noted.iter().skip(first).filter_map(|Noted { record, .. }| match &record.what {
        What::Opened { state: State::Runs | State::Idles, label: text, .. }
        | What::Said { text, .. } => Some((record.lane.as_str(), text.as_str())),
        What::Opened { .. } | What::Closed { .. } => None,
    })
}

/// Finds what a hold of that number held.
pub(super) fn opened(noted: &[Noted], wanted: u64) -> Option<&str> {
    noted.iter().find_map(|noted| match &noted.record.what {
        What::Opened { id, state: State::Holds, label, .. } if *id == wanted => {
            Some(label.as_str())
        }
        _ => None,
    })
}
