//! What questions are about: a variant with a model, and what its schedules come to.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::chosen::Chosen;
use crate::explore::{self, Ahead, Model, Position, Why};
use crate::lesson::{Lesson, Modelled, Variant};

use super::claim::Verdict;
use super::draw::Draw;

/// How many schedules that differ are run for a question at the most. Of a variant that has more,
/// only what these settle is asked.
const AHEAD: usize = 2_000;
/// The number of moves that a walk to a position takes at the most.
const WALK: usize = 10;
/// The number of moves that a question shows at the most.
const SHOWN: usize = 24;

/// A variant that has a model.
pub(super) struct Subject<'a> {
    pub(super) lesson: &'a Lesson,
    pub(super) variant: &'a Variant,
    /// The size of the model.
    pub(super) size: &'static str,
    /// What comes out of a schedule.
    pub(super) outcome: &'static str,
    pub(super) model: &'a Model,
    ahead: OnceCell<Ahead>,
}

impl<'a> Subject<'a> {
    /// Returns the variants of some lessons that have a model.
    pub(super) fn of(lessons: &'a [Chosen]) -> Vec<Self> {
        let variants = lessons
            .iter()
            .flat_map(|chosen| chosen.variants.iter().map(|variant| (&chosen.lesson, variant)));
        variants
            .filter_map(|(lesson, variant)| {
                let Modelled { size, outcome, run: model, .. } = variant.model.as_ref()?;
                Some(Self { lesson, variant, size, outcome, model, ahead: OnceCell::new() })
            })
            .collect()
    }

    /// Returns whether it is another variant of the same lesson.
    pub(super) fn is_sibling(&self, other: &Self) -> bool {
        self.lesson.name == other.lesson.name && self.variant.name != other.variant.name
    }

    /// Runs its schedules, once.
    pub(super) fn ahead(&self) -> &Ahead {
        self.ahead.get_or_init(|| explore::ahead(&[], AHEAD, self.model))
    }

    /// Returns how its schedules end; `None` where there are too many to say.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let count = self.ahead().count;
        match (count.finished(), count.failed()) {
            (1.., 1..) => Some(Verdict::FailsInSome),
            (1.., 0) if count.whole() => Some(Verdict::Holds),
            (0, 1..) if count.whole() => Some(Verdict::FailsInAll),
            _ => None,
        }
    }

    /// Returns how many of its schedules differ; `None` where there are too many.
    pub(super) fn differ(&self) -> Option<usize> {
        let count = self.ahead().count;
        count.whole().then(|| count.finished() + count.failed())
    }

    /// Returns the least and the greatest value that comes out of its schedules; `None` where
    /// something else than a whole number does, or not all were run.
    pub(super) fn values(&self) -> Option<(i128, i128)> {
        let ahead = self.ahead();
        let values = ahead.ends.keys().map(|text| text.parse().ok());
        let values: Option<Vec<i128>> = values.collect();
        let values = values.filter(|_| ahead.count.whole())?;
        Some((*values.iter().min()?, *values.iter().max()?))
    }

    /// Runs it along the beginning of a schedule.
    pub(super) fn position(&self, choices: &[usize]) -> Option<Position> {
        explore::position(choices, self.model)
    }

    /// Draws a position that is no end: on a walk, or on the way to a failure.
    pub(super) fn somewhere(&self, draw: &mut Draw) -> Option<Position> {
        if draw.below(2) == 0
            && let Some(failing) = draw.one_of(&self.ahead().failing)
        {
            let end = self.position(failing)?;
            let cut = draw.one_of(&end.moves)?.before;
            return self.position(&end.choices[..cut]).filter(|position| position.end.is_none());
        }
        let length = draw.below(WALK);
        let mut at = self.position(&[])?;
        for _ in 0..length {
            let next = self.moved(&at, draw)?;
            if next.end.is_some() {
                break;
            }
            at = next;
        }
        at.end.is_none().then_some(at)
    }

    /// Draws the end of a schedule that fails, in a deadlock.
    pub(super) fn deadlock(&self, draw: &mut Draw) -> Option<Position> {
        let end = self.position(draw.one_of(&self.ahead().failing)?)?;
        matches!(end.end, Some(Err(Why::Deadlock))).then_some(end)
    }

    /// Draws the end of a schedule that fails.
    pub(super) fn failure(&self, draw: &mut Draw) -> Option<Position> {
        let end = self.position(draw.one_of(&self.ahead().failing)?)?;
        (end.moves.len() <= SHOWN && matches!(end.end, Some(Err(_)))).then_some(end)
    }

    /// Walks that number of moves, or to an end that comes before; `None` if it fails there.
    pub(super) fn as_far(&self, moves: usize, draw: &mut Draw) -> Option<Position> {
        let mut at = self.position(&[])?;
        while at.end.is_none() && at.moves.len() < moves {
            at = self.moved(&at, draw)?;
        }
        (!matches!(at.end, Some(Err(_)))).then_some(at)
    }

    fn moved(&self, at: &Position, draw: &mut Draw) -> Option<Position> {
        let tasks: Vec<usize> = at.can_move().map(|thread| thread.task).collect();
        let mut choices = at.choices.clone();
        choices.push(*draw.one_of(&tasks)?);
        self.position(&choices)
    }
}

/// Returns the names of the threads that have not ended; `None` if two have the same.
pub(super) fn alive(position: &Position) -> Option<Vec<String>> {
    let names: Vec<_> = position.threads.iter().map(|thread| &thread.name).collect();
    let unique = names.iter().collect::<HashSet<_>>().len() == names.len();
    let alive = position.threads.iter().filter(|thread| thread.next.is_some());
    unique.then(|| alive.map(|thread| thread.name.clone()).collect())
}

/// Returns the names of the threads that can move: none at an end.
pub(super) fn movers(position: &Position) -> Vec<String> {
    if position.end.is_some() {
        return Vec::new();
    }
    position.can_move().map(|thread| thread.name.clone()).collect()
}

/// Returns the thread of each move of a schedule, in order.
pub(super) fn moves(position: &Position) -> String {
    let names = position.moves.iter().map(|made| made.step.lane.as_str());
    names.collect::<Vec<_>>().join(" ")
}
