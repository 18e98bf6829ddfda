//! A schedule, told step by step.

use std::sync::{Arc, Mutex, PoisonError};

use kit::model::notes;
use shuttle::current;

use super::walk::name;
use crate::record::{Record, Sink, State, What};
use crate::source::Place;

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
pub(super) fn steps(noted: &[Noted], failed: bool) -> Vec<Step> {
    let closed = |noted: &Noted| matches!(noted.record.what, What::Closed { .. });
    let last = noted.iter().rposition(|noted| !closed(noted));
    let noted = if failed { &noted[..last.map_or(0, |last| last + 1)] } else { noted };
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
                let until = until.map_or(noted.len(), |until| index + 1 + until);
                if at_once || !contended(noted, index..until, label) {
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

/// Returns whether a lane that waits in `range` could not have what it waits for: another held it
/// then. What nobody ever holds is no lock, and is waited for until somebody gives it.
fn contended(noted: &[Noted], range: std::ops::Range<usize>, label: &str) -> bool {
    let waiter = &noted[range.start].record.lane;
    let mut is_held = false;
    let mut others = Vec::new();
    for (index, Noted { record, .. }) in noted[..range.end].iter().enumerate() {
        match &record.what {
            What::Opened { id, state: State::Holds, label: held, .. } if held == label => {
                is_held = true;
                if record.lane != *waiter {
                    others.push(*id);
                }
            }
            What::Closed { id } => others.retain(|other| other != id),
            _ => {}
        }
        if index >= range.start && !others.is_empty() {
            return true;
        }
    }
    let opened = |noted: &Noted| match &noted.record.what {
        What::Opened { state: State::Holds, label: held, .. } => held == label,
        _ => false,
    };
    !is_held && !noted[range.end..].iter().any(opened)
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
