//! The positions of a model, each once: two beginnings of schedules that differ only in the order of
//! independent steps are one position.

use std::collections::HashMap;

use crate::explore::{self, Model, Reached, Thread, Why};

/// More positions than this are not held: those of at most two preemptions are, then.
const MOST: usize = 20_000;
/// The number of steps that are taken at the most, in all runs together: where there are so many,
/// the others are left out in the same way.
const STEPS: usize = 300_000;
/// A schedule of more choices than this is not gone on with.
const CHOICES: usize = 150;
/// The number of preemptions that a schedule may have where there are too many positions.
const PREEMPTIONS: usize = 2;

/// A move from one position to another.
pub(crate) struct Move {
    /// Which of the threads moves.
    pub(crate) thread: usize,
    /// The choices that are added to the schedule.
    pub(crate) choices: Vec<usize>,
    /// The number of the position that it leads to.
    pub(crate) to: usize,
}

/// A position, and the moves from it.
pub(crate) struct Node {
    pub(crate) threads: Vec<Thread>,
    pub(crate) end: Option<Result<String, Why>>,
    choices: Vec<usize>,
    pub(crate) moves: Vec<Move>,
}

impl Node {
    fn of(reached: &Reached) -> Self {
        let (threads, end) = (reached.threads(), reached.end());
        Self { threads, end, choices: reached.choices().to_vec(), moves: Vec::new() }
    }
}

/// The positions of a model; the first is the beginning.
pub(crate) struct Graph {
    /// The choices before the first move.
    pub(crate) begin: Vec<usize>,
    pub(crate) nodes: Vec<Node>,
    /// Whether these are all: otherwise those of few preemptions.
    pub(crate) whole: bool,
}

/// What a position is known by: the order of its dependent steps, and, where preemptions are counted,
/// the task that moved last and how many there were.
type Key = (u64, Option<(usize, usize)>);

impl Graph {
    /// Runs a model along every schedule that differs, position by position.
    pub(crate) fn of(model: &Model) -> Self {
        Self::bounded(model, None)
            .or_else(|| Self::bounded(model, Some(PREEMPTIONS)))
            .unwrap_or_else(|| Self { begin: Vec::new(), nodes: Vec::new(), whole: false })
    }

    /// Returns the positions of at most that number of preemptions; `None` if they are too many.
    fn bounded(model: &Model, preemptions: Option<usize>) -> Option<Self> {
        let first = explore::reached(&[], model)?;
        let begin = first.choices().to_vec();
        let mut known: HashMap<Key, usize> = HashMap::new();
        known.insert((first.key(), preemptions.map(|_| (0, 0))), 0);
        let mut nodes = vec![Node::of(&first)];
        let mut spent = vec![(0, 0)];
        let (mut next, mut cut, mut taken) = (0, false, 0);
        while next < nodes.len() {
            let (threads, from) = (nodes[next].threads.clone(), nodes[next].choices.clone());
            if from.len() > CHOICES {
                cut = true;
                next += 1;
                continue;
            }
            let (last, count) = spent[next];
            let goes_on = threads.iter().any(|thread| thread.task == last && thread.can_move);
            for (index, thread) in threads.iter().enumerate().filter(|(_, one)| one.can_move) {
                let preempts = goes_on && thread.task != last;
                let count = count + usize::from(preempts);
                if preemptions.is_some_and(|most| count > most) {
                    continue;
                }
                let mut choices = from.clone();
                choices.push(thread.task);
                let reached = explore::reached(&choices, model)?;
                taken += reached.length();
                let choices = reached.choices()[from.len()..].to_vec();
                let key = (reached.key(), preemptions.map(|_| (thread.task, count)));
                let to = *known.entry(key).or_insert(nodes.len());
                if to == nodes.len() {
                    nodes.push(Node::of(&reached));
                    spent.push((thread.task, count));
                }
                nodes[next].moves.push(Move { thread: index, choices, to });
            }
            if nodes.len() > MOST || taken > STEPS {
                // Of those of few preemptions, the first are held: they have the fewest moves.
                if preemptions.is_some() {
                    break;
                }
                return None;
            }
            next += 1;
        }
        Some(Self { begin, nodes, whole: preemptions.is_none() && !cut })
    }
}
