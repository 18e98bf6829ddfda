//! The wait-for graph of the lanes, read off what a run said before it went quiet.

use std::collections::BTreeMap;

use crate::lanes::in_order;
use crate::record::{Record, State, What};

/// A cycle of more lanes than this is not written out.
const MOST: usize = 8;

/// A lane that waits: for what, and which lanes hold it or have to give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The lane that waits.
    pub lane: String,
    /// For what.
    pub what: String,
    /// The lanes that hold it or have to give it, as far as the run said.
    pub holders: Vec<String>,
    /// Whether they hold it, as a lock is held. What is no lock, an item, is not there yet.
    pub held: bool,
}

impl Wait {
    /// Returns the wait of a lane for what those lanes hold, unless a lane is named that has to act
    /// for it to end. A lane that holds it with others waits for the others.
    pub(crate) fn new(
        lane: &str,
        what: &str,
        from: Option<&str>,
        mut holding: Vec<String>,
    ) -> Self {
        if holding.len() > 1 {
            holding.retain(|holder| holder != lane);
        }
        let held = from.is_none_or(|from| holding.iter().any(|holder| holder == from));
        let holders = from.map_or(holding, |from| vec![from.to_owned()]);
        Self { lane: lane.to_owned(), what: what.to_owned(), holders, held }
    }
}

impl std::fmt::Display for Wait {
    /// Writes `waits for B, held by t2`, or `waits for an item from p`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "waits for {}", self.what)?;
        let holders = match self.holders.as_slice() {
            [] => return Ok(()),
            // What is waited for says it: the end of t2.
            [holder] if names(&self.what, holder) => return Ok(()),
            [holder] if *holder == self.lane => "itself".to_owned(),
            holders => holders.join(" and "),
        };
        write!(f, "{}{holders}", if self.held { ", held by " } else { " from " })
    }
}

/// Tells whether a text has the name of a lane in it, and not as a part of another word.
fn names(text: &str, lane: &str) -> bool {
    text.match_indices(lane).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + lane.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

/// A run in which every lane that is not done waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitCycle {
    /// The waits, in the order of the lanes' names.
    pub waits: Vec<Wait>,
    /// Lanes and resources by turns, from a lane back to itself: `t1 B t2 A t1`.
    pub cycle: Option<Vec<String>>,
}

/// A span that is open at the end, and the fields of it that count here.
struct Open<'a> {
    id: u64,
    state: State,
    what: &'a str,
    from: Option<&'a str>,
}

/// What a lane does where the records end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doing {
    /// What it holds, in the order in which it acquired it.
    pub(crate) holds: Vec<String>,
    /// What it waits for.
    pub(crate) waits: Option<Wait>,
}

/// Tells what each lane does where the records end.
pub(crate) fn doing<'a>(records: impl IntoIterator<Item = &'a Record>) -> BTreeMap<String, Doing> {
    let open = open(records);
    let lane = |(lane, doing): (&&str, &Vec<Open<'_>>)| {
        let held = doing.iter().filter(|open| open.state == State::Holds);
        let holds = held.map(|open| open.what.to_owned()).collect();
        let waits = doing.last().and_then(|last| wait(&open, lane, last));
        ((*lane).to_owned(), Doing { holds, waits })
    };
    open.iter().map(lane).collect()
}

fn open<'a>(records: impl IntoIterator<Item = &'a Record>) -> BTreeMap<&'a str, Vec<Open<'a>>> {
    let mut open: BTreeMap<&str, Vec<Open<'_>>> = BTreeMap::new();
    for record in records {
        let lane = open.entry(&record.lane).or_default();
        match &record.what {
            What::Opened { id, state, label, from } => {
                lane.push(Open { id: *id, state: *state, what: label, from: from.as_deref() });
            }
            What::Closed { id } => lane.retain(|open| open.id != *id),
            What::Said { .. } => {}
        }
    }
    open
}

/// Tells what a lane waits for, if the last that it does is to wait.
fn wait(open: &BTreeMap<&str, Vec<Open<'_>>>, lane: &str, last: &Open<'_>) -> Option<Wait> {
    let Open { state: State::Waits, what, from, .. } = last else { return None };
    Some(Wait::new(lane, what, *from, holders(open, what)))
}

impl WaitCycle {
    /// Finds the cycle that the records end in; none while a lane still has something to do.
    pub fn find(records: &[Record]) -> Option<Self> {
        let open = open(records);
        let mut waits = Vec::new();
        for (lane, doing) in &open {
            let Some(last) = doing.last() else { continue };
            waits.push(wait(&open, lane, last)?);
        }
        waits.sort_by_cached_key(|wait| in_order(&wait.lane));
        let cycle = waits.iter().find_map(|wait| cycle(&waits, &wait.lane));
        (!waits.is_empty()).then_some(Self { waits, cycle })
    }
}

impl std::fmt::Display for WaitCycle {
    /// Writes the cycle, `t1 → B → t2 → A → t1`, without its middle if it is long, or where there
    /// is none what each lane waits for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.cycle {
            Some(cycle) if cycle.len() > 2 * MOST + 1 => {
                let (first, last) = (&cycle[..5], &cycle[cycle.len() - 3..]);
                write!(
                    f,
                    "{} → … → {}: {} lanes",
                    first.join(" → "),
                    last.join(" → "),
                    cycle.len() / 2
                )
            }
            Some(cycle) => f.write_str(&cycle.join(" → ")),
            None => {
                let waits: Vec<_> = self
                    .waits
                    .iter()
                    .map(|wait| format!("{} → {}", wait.lane, wait.what))
                    .collect();
                write!(f, "{}: nobody can move", waits.join(" · "))
            }
        }
    }
}

/// Finds the lanes that hold it.
fn holders(open: &BTreeMap<&str, Vec<Open<'_>>>, what: &str) -> Vec<String> {
    let holds = |doing: &[Open<'_>]| {
        doing.iter().any(|open| open.state == State::Holds && open.what == what)
    };
    open.iter().filter(|(_, doing)| holds(doing)).map(|(lane, _)| (*lane).to_owned()).collect()
}

/// Follows the waits from `start` until they come back to it.
fn cycle(waits: &[Wait], start: &str) -> Option<Vec<String>> {
    fn follow(waits: &[Wait], start: &str, path: &mut Vec<String>) -> bool {
        let Some(wait) = waits.iter().find(|wait| Some(&wait.lane) == path.last()) else {
            return false;
        };
        path.push(wait.what.clone());
        for holder in &wait.holders {
            let known = path.iter().step_by(2).any(|lane| lane == holder);
            path.push(holder.clone());
            if holder == start || (!known && follow(waits, start, path)) {
                return true;
            }
            path.pop();
        }
        path.pop();
        false
    }
    let mut path = vec![start.to_owned()];
    follow(waits, start, &mut path).then_some(path)
}
