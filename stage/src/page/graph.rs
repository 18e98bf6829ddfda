//! The positions of a model, each once: two beginnings of schedules that differ only in the order of
//! independent steps are one position.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::explore::{self, Guide, Model, Reached, Thread, Why};

/// The number of steps that are taken at the most, in all runs together.
const STEPS: usize = 300_000;
/// A schedule of more choices than this is not gone on with.
const CHOICES: usize = 150;

/// A move from one position to another.
pub(crate) struct Move {
    /// Which of the threads moves.
    pub(crate) thread: usize,
    /// The choices that are added to the schedule.
    pub(crate) choices: Vec<usize>,
    /// What is told of it once it is made.
    pub(crate) made: String,
    /// The number of the position that it leads to.
    pub(crate) to: usize,
}

/// A position, and the moves from it.
pub(crate) struct Node {
    pub(crate) threads: Vec<Thread>,
    pub(crate) end: Option<Result<String, Why>>,
    choices: Vec<usize>,
    hashes: Vec<u64>,
    /// How many records there are.
    told: usize,
    pub(crate) moves: Vec<Move>,
    /// By each task that moved here last, the fewest preemptions on the way.
    spent: HashMap<usize, usize>,
}

impl Node {
    /// Returns whether a task can move here.
    fn can_move(&self, task: usize) -> bool {
        self.threads.iter().any(|thread| thread.task == task && thread.can_move)
    }
}

/// The positions of a model; the first is the beginning.
pub(crate) struct Graph {
    /// The choices before the first move.
    pub(crate) begin: Vec<usize>,
    /// What is told before it.
    pub(crate) begun: String,
    pub(crate) nodes: Vec<Node>,
    /// Whether these are all.
    pub(crate) whole: bool,
    /// The number of preemptions up to which they are all, where they are not, if there is one.
    pub(crate) preemptions: Option<usize>,
}

impl Graph {
    /// Runs a model along the schedules that differ, position by position, those of the fewest
    /// preemptions first; it holds about `most` positions at the most.
    pub(crate) fn of(model: &Model, most: usize) -> Self {
        let builder: Arc<Mutex<Builder>> = Arc::default();
        let own = Arc::clone(&builder);
        let arrives = move |reached: Reached<'_>| lock(&own).arrives(reached);
        let guide: Guide = Arc::new(Mutex::new(arrives));
        let mut taken = 0;
        let mut run = |prefix: &[usize], hashes: Vec<u64>| {
            let ends = explore::led(prefix, hashes, &guide, model, |reached| {
                taken += reached.choices.len();
                if reached.has_ended() {
                    lock(&builder).arrives(reached);
                }
            });
            ends.map(|()| taken)
        };
        let mut enough = run(&[], Vec::new()).is_none();
        let mut missing = None;
        while !enough {
            let mut building = lock(&builder);
            let Some(Reverse((count, _, node, task))) = building.pending.pop() else { break };
            let Some((prefix, hashes)) = building.sets_out(node, task, count) else { continue };
            let held = building.nodes.len();
            drop(building);
            let taken = run(&prefix, hashes);
            enough = held > most || taken.is_none_or(|taken| taken > STEPS);
            missing = enough.then_some(count);
        }
        let Builder { nodes, begun, long, .. } = std::mem::take(&mut *lock(&builder));
        Self {
            begin: nodes.first().map(|first| first.choices.clone()).unwrap_or_default(),
            begun,
            nodes,
            whole: missing.is_none() && !long,
            preemptions: missing.and_then(|count| count.checked_sub(1)),
        }
    }
}

/// A move that is to be made: the number of preemptions up to it, its own number, the position, and
/// the task that moves. The fewest preemptions come first, and of these the oldest.
type Pending = Reverse<(usize, usize, usize, usize)>;

/// What is known while the model is run.
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    known: HashMap<u64, usize>,
    pending: BinaryHeap<Pending>,
    /// How many moves were found.
    found: usize,
    /// The position that the run comes from, the task that moves from there, and the number of
    /// preemptions.
    from: Option<(usize, usize, usize)>,
    /// What is told before the first move.
    begun: String,
    /// Whether a schedule was too long to be gone on with.
    long: bool,
}

fn lock(builder: &Mutex<Builder>) -> MutexGuard<'_, Builder> {
    builder.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Builder {
    /// Notes the position that the run has come to, and returns who goes on from there: nobody
    /// where that is known.
    fn arrives(&mut self, mut reached: Reached<'_>) -> Option<usize> {
        let next = self.nodes.len();
        let to = *self.known.entry(reached.key()).or_insert(next);
        if to == next {
            self.nodes.push(Node {
                threads: reached.threads(),
                end: reached.end(),
                choices: reached.choices.to_vec(),
                hashes: reached.hashes().to_vec(),
                told: reached.told_so_far(),
                moves: Vec::new(),
                spent: HashMap::new(),
            });
        }
        let (mut last, mut count) = (0, 0);
        if let Some((from, task, preemptions)) = self.from.take() {
            (last, count) = (task, preemptions);
            let from = &mut self.nodes[from];
            let choices = reached.choices[from.choices.len()..].to_vec();
            if let Some(thread) = from.threads.iter().position(|thread| thread.task == task) {
                let made = reached.made(&from.threads[thread], from.told);
                from.moves.push(Move { thread, choices, made, to });
            }
        } else {
            self.begun = reached.begun();
        }
        self.comes(to, last, count);
        let node = &self.nodes[to];
        if to != next || node.choices.len() > CHOICES {
            return None;
        }
        let first = || node.threads.iter().find(|thread| thread.can_move).map(|one| one.task);
        let task = if node.can_move(last) { Some(last) } else { first() }?;
        self.from = Some((to, task, count));
        Some(task)
    }

    /// Notes with how many preemptions a position is come to, and what moves there are then.
    fn comes(&mut self, number: usize, last: usize, count: usize) {
        let node = &mut self.nodes[number];
        if node.spent.get(&last).is_some_and(|&fewest| fewest <= count) {
            return;
        }
        node.spent.insert(last, count);
        if node.choices.len() > CHOICES {
            self.long |= node.end.is_none();
            return;
        }
        let goes_on = node.can_move(last);
        for thread in node.threads.iter().filter(|thread| thread.can_move) {
            let count = count + usize::from(goes_on && thread.task != last);
            self.pending.push(Reverse((count, self.found, number, thread.task)));
            self.found += 1;
        }
    }

    /// Returns the schedule that a run begins with which makes a move, and the hashes of its steps;
    /// `None` if it was made.
    fn sets_out(
        &mut self,
        number: usize,
        task: usize,
        count: usize,
    ) -> Option<(Vec<usize>, Vec<u64>)> {
        let node = &self.nodes[number];
        if let Some(made) = node.moves.iter().find(|made| node.threads[made.thread].task == task) {
            self.comes(made.to, task, count);
            return None;
        }
        self.from = Some((number, task, count));
        Some(([&node.choices[..], &[task]].concat(), node.hashes.clone()))
    }
}
