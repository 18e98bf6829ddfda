//! Where a run of a model stands after the beginning of a schedule: what each thread holds, waits for
//! and would do next.

use super::steps::{Noted, Step, opened, told};
use super::walk::{Moved, Stand, Standing};
use super::{Why, written};
use crate::record::What;
use crate::source::Place;
use crate::wait_for::{Doing, Wait, doing};

/// A thread of a model where a run has stopped.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    /// Its task's number, which is what a schedule names.
    pub(crate) task: usize,
    /// Its name.
    pub(crate) name: String,
    /// Where it stands, or what it has passed last: see [`Self::is_past`].
    pub(crate) at: Option<Place>,
    /// What it would do next, as a verb in the third person; `None` once it has ended.
    pub(crate) next: Option<String>,
    /// Whether it could do that now.
    pub(crate) can_move: bool,
    /// What it holds.
    pub(crate) holds: Vec<String>,
    /// What it waits for, and from whom.
    pub(crate) waits: Option<String>,
}

impl Thread {
    /// Tells whether what it would do next stands behind its place: the end of a guard's scope has
    /// none of its own.
    pub(crate) fn is_past(&self) -> bool {
        self.next.as_deref().is_some_and(|next| next.starts_with(RELEASES))
    }
}

/// What a thread does that stands before the release of a lock.
const RELEASES: &str = "releases";

/// A move that was made.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    /// How many choices there were before it, those that are none included.
    pub(crate) before: usize,
    /// What it was: as it was offered, and with what was told meanwhile.
    pub(crate) step: Step,
}

/// Where a run stands after the beginning of a schedule.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    /// The choices that lead here, those that are none included.
    pub(crate) choices: Vec<usize>,
    /// What was told before the first move.
    pub(crate) begun: String,
    /// The moves that were made.
    pub(crate) moves: Vec<Move>,
    /// What was done so far, as the lesson tells it.
    pub(crate) steps: Vec<Step>,
    /// The threads, in the order of their starts, without the one that started them.
    pub(crate) threads: Vec<Thread>,
    /// How the run ended, if it has: why it failed, or else what came out.
    pub(crate) end: Option<Result<String, Why>>,
}

/// Where a run has come to along the beginning of a schedule, told as far as it is asked.
pub(crate) struct Reached<'a> {
    /// The choices that led here, those that are none included.
    pub(crate) choices: &'a [usize],
    pub(super) stand: &'a mut Stand,
    pub(super) noted: &'a [Noted],
    /// Why it failed, if it did, and what came out; `None` where it has not ended.
    pub(super) ended: Option<(Option<Why>, Option<String>)>,
}

impl Reached<'_> {
    /// Returns what is the same in all positions that differ only in the order of independent
    /// steps.
    pub(crate) fn key(&mut self) -> u64 {
        self.stand.key()
    }

    /// Returns the hash of each step on the way, which the key is made of.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.stand.hashes
    }

    /// Returns how many records there are so far.
    pub(crate) fn told_so_far(&self) -> usize {
        self.noted.len()
    }

    /// Tells a move of `thread`, as it was offered and with what was told since those records.
    pub(crate) fn made(&self, thread: &Thread, records: usize) -> String {
        made(&thread.name, thread.next.as_deref().unwrap_or_default(), told(self.noted, records))
    }

    /// Tells what was done before the first move; empty if nothing was told.
    pub(crate) fn begun(&self) -> String {
        begun(told(self.noted, 0))
    }

    /// Returns whether the run has come to its end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Returns how the run ended, if it has: why it failed, or else what came out.
    pub(crate) fn end(&self) -> Option<Result<String, Why>> {
        self.ended.clone().map(|(why, out)| match why {
            Some(why) => Err(why),
            None => Ok(out.unwrap_or_default()),
        })
    }

    /// Returns the threads, in the order of their starts, without the one that started them.
    pub(crate) fn threads(&self) -> Vec<Thread> {
        let failed = self.ended.as_ref().is_some_and(|(why, _)| why.is_some());
        // Where the run is over, no thread moves; where it has ended well, each has ended.
        let (over, well) = (self.ended.is_some(), self.ended.is_some() && !failed);
        // A thread says that it releases a lock before it does, and holds it until then.
        let standing = self.stand.standing.iter().filter(|one| one.what == RELEASES);
        let held: Vec<usize> = standing
            .filter_map(|one| {
                let (said, _) = released(self.noted, &one.name)?;
                (said >= one.since).then_some(said)
            })
            .collect();
        let records = self.noted.iter().enumerate().filter(|(index, _)| !held.contains(index));
        let mut lanes = doing(records.map(|(_, noted)| &noted.record));
        let thread = |standing: &Standing| {
            let Standing { task, name, at, can_move, ended, .. } = standing;
            let Doing { holds, waits } = lanes.remove(name).unwrap_or_default();
            let next = (!ended).then(|| next(standing, waits.as_ref(), self.noted));
            let can_move = *can_move && !over;
            let next = next.filter(|_| !well);
            let waits = waits.filter(|_| !can_move && next.is_some()).map(|wait| wait.to_string());
            Thread { task: *task, name: name.clone(), at: *at, next, can_move, holds, waits }
        };
        self.stand.standing.iter().map(thread).collect()
    }
}

impl From<Reached<'_>> for Position {
    fn from(reached: Reached<'_>) -> Self {
        let (threads, end) = (reached.threads(), reached.end());
        let why = end.as_ref().and_then(|end| end.as_ref().err());
        let mut steps = reached.stand.steps(reached.noted, why);
        // What is told before the operation itself is still to come; a thread that can move waits
        // for nothing.
        for thread in &threads {
            let to_come = |step: &Step| {
                Some(&step.did) == thread.next.as_ref()
                    || thread.can_move && step.did.starts_with("waits for ")
            };
            let last = steps.iter().rposition(|step| step.lane == thread.name);
            if let Some(last) = last.filter(|&last| to_come(&steps[last])) {
                steps.remove(last);
            }
        }
        let moved = std::mem::take(&mut reached.stand.moves);
        let ends = moved.iter().skip(1).map(|next| next.noted).chain([reached.noted.len()]);
        let moves = moved.iter().zip(ends).map(|(Moved { before, noted, stood }, end)| {
            let (so_far, during) = (&reached.noted[..*noted], &reached.noted[..end]);
            let doing = doing(so_far.iter().map(|noted| &noted.record)).remove(&stood.name);
            let next = next(stood, doing.unwrap_or_default().waits.as_ref(), so_far);
            let did = made(&stood.name, &next, told(during, *noted));
            let at = stood.at.filter(|_| stood.what != RELEASES);
            Move { before: *before, step: Step { lane: stood.name.clone(), did, at } }
        });
        let moves: Vec<_> = moves.collect();
        let first = moved.first().map_or(reached.noted.len(), |first| first.noted);
        let begun = begun(told(&reached.noted[..first], 0));
        Self { choices: reached.choices.to_vec(), begun, moves, steps, threads, end }
    }
}

impl Position {
    /// Returns the schedule up to here, as `--schedule` takes it.
    pub(crate) fn schedule(&self) -> String {
        written(&self.choices)
    }

    /// Returns the threads that can move.
    pub(crate) fn can_move(&self) -> impl Iterator<Item = &Thread> {
        self.threads.iter().filter(|thread| thread.can_move)
    }
}

/// Tells what a task would do next.
fn next(Standing { name, what, .. }: &Standing, waits: Option<&Wait>, noted: &[Noted]) -> String {
    let label = match *what {
        RELEASES => released(noted, name).map(|(_, what)| what),
        _ => waits.map(|wait| wait.what.as_str()),
    };
    match label {
        Some(label) if what.ends_with("acquires") || *what == RELEASES => {
            format!("{what} {label}")
        }
        Some(label) if *what == "waits" => format!("waits for {label}"),
        Some(label) => format!("{what}: {label}"),
        // A lock that the lesson has no name for.
        None if what.ends_with("acquire") || what.ends_with("acquires") || *what == RELEASES => {
            format!("{what} a lock")
        }
        None => (*what).to_owned(),
    }
}

/// Tells a move as it was offered, and what was told meanwhile.
fn made<'a>(name: &str, offered: &str, told: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let told = told.map(
        |(lane, text)| {
            if lane == name { text.to_owned() } else { format!("{lane} {text}") }
        },
    );
    let told: Vec<_> = told.filter(|text| text != offered).collect();
    if told.is_empty() { offered.to_owned() } else { format!("{offered} ({})", told.join(", ")) }
}

/// Tells what was told before the first move.
fn begun<'a>(told: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    told.map(|(lane, text)| format!("{lane} {text}")).collect::<Vec<_>>().join(" · ")
}

/// Finds where a lane has said last that it releases something: the record, and what it is.
fn released<'a>(noted: &'a [Noted], lane: &str) -> Option<(usize, &'a str)> {
    let mut of_lane = noted.iter().enumerate().rev().filter(|(_, last)| last.record.lane == lane);
    of_lane.find_map(|(index, last)| match last.record.what {
        What::Closed { id } => opened(noted, id).map(|what| (index, what)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use kit::model::lane::{acquire, two};
    use kit::model::sync::{Arc, Mutex};

    use crate::explore;

    #[test]
    fn a_lock_is_held_until_it_is_released_and_the_release_has_no_place() {
        let model = explore::model(|| {
            let both = |shared: &(Mutex<()>, Mutex<()>)| {
                let first = acquire("A", &shared.0);
                drop(acquire("B", &shared.1));
                drop(first);
            };
            two(&Arc::new((Mutex::new(()), Mutex::new(()))), both, both);
        });
        // t1 acquires A, then B: it is about to release B, and then A.
        let at = |moves: usize| {
            let mut at = explore::position(&[], &model).expect("it begins");
            for _ in 0..moves {
                let choices = [&at.choices[..], &[1]].concat();
                at = explore::position(&choices, &model).expect("t1 can move");
            }
            at
        };
        for (moves, next, holds) in [(2, "releases B", &["A", "B"][..]), (3, "releases A", &["A"])]
        {
            let position = at(moves);
            let [t1, t2] = position.threads.as_slice() else { panic!("{position:?}") };
            assert_eq!(t1.next.as_deref(), Some(next));
            assert_eq!(t1.holds, holds);
            assert!(t1.is_past() && !t2.is_past());
            assert_eq!(t2.waits.as_deref(), Some("waits for A, held by t1"));
        }
        let position = at(4);
        assert!(position.threads[0].holds.is_empty() && position.threads[1].can_move);
        let placed = position.moves.iter().map(|made| made.step.at.is_some());
        assert_eq!(placed.collect::<Vec<_>>(), [true, true, false, false]);
    }
}
