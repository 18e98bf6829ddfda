//! The lanes of a variant's real run, as the page draws them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;

use serde_json::{Value, json};

use crate::child::{self, End};
use crate::lanes::in_order;
use crate::lesson::{Promise, Variant};
use crate::record::{Record, State, What};
use crate::recording::Recording;
use crate::show;
use crate::wait_for::Wait;

/// The number of stretches that are drawn at the most.
const STRETCHES: usize = 800;
/// The number of lanes that are drawn at the most.
const LANES: usize = 16;

/// Runs a variant for real, and returns what its lanes did, and what came out; null where it could
/// not be run. `again` chooses its lesson once more, in a child.
pub(super) fn recorded(variant: &Variant, again: &[OsString], memory: &Recording) -> Value {
    if variant.promise != Promise::Deadlocks {
        drop(memory.drain());
        let came_to =
            show::within(variant, show::GRACE).map_or_else(|why| why, |report| report.line);
        return data(&memory.drain().records, None, &came_to, &[]);
    }
    let watched = kit::child::program().and_then(|program| {
        child::watch(Command::new(program).args(again), variant.name, variant.deadline)
    });
    let Ok(seen) = watched else { return Value::Null };
    let (word, rest) = show::verdict(variant, &seen);
    let notes: Vec<_> = match &seen.end {
        End::Deadlocked(cycle) => {
            cycle.waits.iter().map(|wait| (wait.lane.as_str(), wait.to_string())).collect()
        }
        _ => Vec::new(),
    };
    data(&seen.records, Some(seen.time.end), &format!("{word} {rest}"), &notes)
}

/// What a lane has begun and not ended.
struct Open<'a> {
    id: u64,
    state: State,
    label: &'a str,
    from: Option<&'a str>,
}

#[derive(Default)]
struct Lane<'a> {
    since: u64,
    open: Vec<Open<'a>>,
    /// What it does since then: the word for it, and the whole of it.
    does: Option<(&'static str, String)>,
    stretches: Vec<Value>,
    marks: Vec<Value>,
}

fn data(records: &[Record], end: Option<u64>, came_to: &str, notes: &[(&str, String)]) -> Value {
    let start = records.first().map_or(0, |first| first.at);
    let end = end.or(records.last().map(|last| last.at)).unwrap_or(0).max(start + 1);
    let mut lanes: BTreeMap<(u32, &str), Lane<'_>> = BTreeMap::new();
    let (mut drawn, mut cut) = (0, false);
    for record in records {
        if drawn >= STRETCHES {
            cut = true;
            break;
        }
        let key = (record.pid, record.lane.as_str());
        let lane = lanes.entry(key).or_default();
        drawn += usize::from(lane.ends_stretch(start, record.at));
        match &record.what {
            What::Opened { id, state, label, from } => {
                lane.open.push(Open { id: *id, state: *state, label, from: from.as_deref() });
            }
            What::Closed { id } => lane.open.retain(|open| open.id != *id),
            What::Said { text, mark } => {
                lane.marks.push(json!([record.at - start, text, usize::from(*mark)]));
            }
        }
        let does = does(&lanes, key);
        if let Some(lane) = lanes.get_mut(&key) {
            lane.does = does;
        }
    }
    let end = if cut { lanes.values().map(|lane| lane.since).max().unwrap_or(end) } else { end };
    let mut lanes: Vec<_> = lanes.into_iter().collect();
    lanes.sort_by_cached_key(|((pid, name), _)| (in_order(name), *pid));
    let all = lanes.len();
    let lanes = lanes.into_iter().take(LANES).map(|((_, name), mut lane)| {
        lane.ends_stretch(start, end);
        let note = notes.iter().find(|(of, _)| *of == name).map(|(_, note)| note);
        json!({ "name": name, "does": lane.stretches, "marks": lane.marks, "note": note })
    });
    let lanes: Vec<Value> = lanes.collect();
    json!({ "end": end - start, "cameTo": came_to, "lanes": lanes, "all": all, "cut": cut })
}

impl Lane<'_> {
    /// Notes what was done up to now; returns whether that was anything.
    fn ends_stretch(&mut self, start: u64, now: u64) -> bool {
        let since = std::mem::replace(&mut self.since, now);
        let Some((word, text)) = self.does.take() else { return false };
        self.stretches.push(json!([since - start, now.max(since) - start, word, text]));
        true
    }
}

/// Tells all that a lane does: what it holds, what it waits for and from whom, what it works on.
fn does(
    lanes: &BTreeMap<(u32, &str), Lane<'_>>,
    key: (u32, &str),
) -> Option<(&'static str, String)> {
    let lane = lanes.get(&key)?;
    let newest = lane.open.last()?;
    let mut told: Vec<String> = Vec::new();
    for open in &lane.open {
        let text = match open.state {
            State::Waits => {
                let is_it =
                    |other: &Open<'_>| other.state == State::Holds && other.label == open.label;
                // Its own wait may end a moment after it holds that.
                let before = |of: &Lane<'_>, own: bool| {
                    of.open.iter().take_while(|held| !own || held.id != open.id).any(is_it)
                };
                let holding = lanes.iter().filter(|(other, of)| before(of, **other == key));
                let holding = holding.map(|((_, name), _)| (*name).to_owned()).collect();
                Wait::new(key.1, open.label, open.from, holding).to_string()
            }
            state => format!("{} {}", state.word(), open.label).trim_end().to_owned(),
        };
        if !told.contains(&text) {
            told.push(text);
        }
    }
    Some((newest.state.word(), told.join(", ")))
}
