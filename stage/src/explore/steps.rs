//! A schedule, told step by step.

use std::sync::{Arc, Mutex, PoisonError};

use shuttle::current;

use crate::record::{Record, Sink, State, What};

/// What one thread did at one point of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The thread.
    pub lane: String,
    /// What it did.
    pub did: String,
}

/// Keeps the records of the schedule that runs now, in the lanes of the model's threads.
pub(super) struct Steps(Arc<Mutex<Vec<Record>>>);

impl Steps {
    pub(super) fn new(records: &Arc<Mutex<Vec<Record>>>) -> Self {
        Self(Arc::clone(records))
    }
}

impl Sink for Steps {
    fn take(&self, record: Record) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    fn lane(&self) -> String {
        let name = current::try_get_current_task().and_then(current::get_name_for_task);
        name.map_or_else(|| "main".to_owned(), String::from)
    }
}

/// Tells a schedule's records as steps. A lock that is given at once is only taken; one that is
/// asked for and given after another thread has acted is two steps. What a failure ends by tearing
/// the threads down is no step.
pub(super) fn steps(records: &[Record], failed: bool) -> Vec<Step> {
    let last = records.iter().rposition(|record| !matches!(record.what, What::Closed { .. }));
    let records = if failed { &records[..last.map_or(0, |last| last + 1)] } else { records };
    let mut steps = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let did = match &record.what {
            What::Opened { id, state: State::Waits, label, .. } => {
                let after = &records[index + 1..];
                let until = after.iter().position(|later| later.what == What::Closed { id: *id });
                let at_once = until.is_some_and(|until| {
                    after[..until].iter().all(|later| later.lane == record.lane)
                });
                if at_once {
                    continue;
                }
                format!("asks for {label}")
            }
            What::Opened { state, label, .. } => match state {
                State::Holds => format!("takes {label}"),
                _ => label.clone(),
            },
            What::Closed { id } => match opened(&records[..index], *id) {
                Some(label) => format!("gives back {label}"),
                None => continue,
            },
            What::Said { text, .. } => text.clone(),
        };
        steps.push(Step { lane: record.lane.clone(), did });
    }
    steps
}

/// Finds what a hold of that number held.
fn opened(records: &[Record], wanted: u64) -> Option<&str> {
    records.iter().find_map(|record| match &record.what {
        What::Opened { id, state: State::Holds, label, .. } if *id == wanted => {
            Some(label.as_str())
        }
        _ => None,
    })
}
