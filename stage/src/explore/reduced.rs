//! A depth-first search that runs one of all schedules that differ only in the order of independent
//! steps.
//!
//! Source-set dynamic partial-order reduction with sleep sets (Abdulla, Aronis, Jonsson, Sagonas,
//! "Source sets: a foundation for optimal dynamic partial order reduction", JACM 64, 2017). After
//! each step the search looks for races: an earlier step of another task, of which the order
//! matters and which nothing else puts in order. Where a race was not tried the other way round, a
//! task that begins the other order is added to the choices at the earlier step. A task whose step
//! was tried at a choice sleeps in what follows, until a step is taken on which it depends; a run
//! in which all sleep is given up, for its like was run before.
//!
//! An attempt that would only block (a lock that is held, an empty channel) is put off until it is
//! possible. It is made at the end, when there is nothing else: then Shuttle sees the deadlock.
//!
//! The search is not combined with a bound on preemptions (Coons, Musuvathi, `McKinley`,
//! "Bounded partial-order reduction", 2013): what is cut off at the bound on choices makes it
//! incomplete, and is counted.

use std::collections::BTreeSet;

use kit::model::notes::{self, Footprint, dependent, reversible};
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

use self::node::{Node, join, known};
use super::scheduler::{Ended, Search};

mod node;

/// The search. It outlives a run that fails.
pub(super) struct Reduced {
    /// The choices that every run begins with.
    given: Vec<usize>,
    nodes: Vec<Node>,
    /// How many steps of the run are taken.
    depth: usize,
    /// How many nodes, from the first on, have their step noted.
    noted: usize,
    /// Whether only attempts are left that block.
    attempts: bool,
    /// What each task stood before when only attempts were left.
    standing: Vec<(usize, Footprint)>,
    begun: bool,
    ended: Ended,
}

impl Reduced {
    pub(super) fn new() -> Self {
        Self::from(Vec::new())
    }

    /// Returns a search through the schedules that begin with the choices given.
    pub(super) fn from(given: Vec<usize>) -> Self {
        Self {
            given,
            nodes: Vec::new(),
            depth: 0,
            noted: 0,
            attempts: false,
            standing: Vec::new(),
            begun: false,
            ended: Ended::Finished,
        }
    }

    /// Notes what the step of the last node touched, and what that says of the choices before it.
    fn note(&mut self) {
        if self.noted == self.nodes.len() || self.depth == 0 || self.noted >= self.depth {
            return;
        }
        let index = self.noted;
        self.noted += 1;
        let (task, touched) = (self.nodes[index].task, notes::touched());
        let mut after = self.races(index, task, &touched);
        if after.len() <= task {
            after.resize(task + 1, 0);
        }
        after[task] += 1;
        let node = &mut self.nodes[index];
        (node.touched, node.after) = (touched, after);
    }

    /// Has those tried that the last step made impossible: of two that wait for a notification, one
    /// got it, and the other one could have. No later step of that one tells, if its next
    /// notification comes after what the first one did.
    fn disabled(&mut self, runnable: &[usize]) {
        let node = &mut self.nodes[self.depth - 1];
        let lost =
            node.possible.iter().filter(|task| **task != node.task && !runnable.contains(task));
        node.wanted.extend(lost);
    }

    /// Looks for the races of a step with those before `index`, and has their other order tried;
    /// returns what comes before the step.
    fn races(&mut self, index: usize, task: usize, touched: &Footprint) -> Vec<u32> {
        let mut before = Vec::new();
        let mut enabling = Vec::new();
        let mut racing = Vec::new();
        for earlier in (0..index).rev() {
            let node = &self.nodes[earlier];
            if node.task == task {
                join(&mut before, &node.after);
            } else if node.number() > known(&before, node.task) && dependent(&node.touched, touched)
            {
                if reversible(&node.touched, touched) {
                    racing.push(earlier);
                    join(&mut before, &node.after);
                } else {
                    join(&mut enabling, &node.after);
                }
            }
        }
        join(&mut before, &enabling);
        for earlier in racing {
            self.reverse(earlier, index, task, &before);
        }
        before
    }

    /// Has the other order of a race tried: that of a step of `task`, which comes after `before`,
    /// and the step at `earlier`.
    fn reverse(&mut self, earlier: usize, index: usize, task: usize, before: &[u32]) {
        let (racing, number) = (self.nodes[earlier].task, self.nodes[earlier].number());
        // The steps in between that do not come after the earlier one, and then the later one: who
        // can begin them.
        let mut first: Vec<(usize, u32)> = Vec::new();
        let mut beginners = Vec::new();
        for node in &self.nodes[earlier + 1..index] {
            if known(&node.after, racing) >= number {
                continue;
            }
            if first.iter().all(|&(one, number)| known(&node.after, one) < number) {
                beginners.push(node.task);
            }
            first.push((node.task, node.number()));
        }
        if first.iter().all(|&(one, number)| known(before, one) < number) {
            beginners.push(task);
        }
        let node = &mut self.nodes[earlier];
        if beginners.iter().any(|beginner| node.wanted.contains(beginner)) {
            return;
        }
        let possible = |beginner: &&usize| node.possible.contains(beginner);
        if let Some(&beginner) = beginners.iter().rev().find(possible) {
            node.wanted.insert(beginner);
        }
    }

    /// Ends a run: what was not run to its end may still race.
    fn settle(&mut self) {
        self.note();
        let left = notes::standing().iter().any(|(task, _)| *task != 0);
        match self.ended {
            Ended::Deadlocked => {
                let standing = std::mem::take(&mut self.standing);
                for (task, touches) in standing.iter().filter(|(task, _)| !notes::has_ended(*task))
                {
                    self.races(self.noted, *task, touches);
                }
            }
            Ended::GivenUp | Ended::CutOff => {}
            Ended::Finished if !left => {}
            // What the tasks would have done that were left where they stood is not known.
            Ended::Finished | Ended::Panicked => {
                for node in &mut self.nodes[..self.noted] {
                    node.wanted.extend(&node.possible);
                }
            }
        }
    }

    /// Goes back to the last choice with a task that has to be tried, and chooses it; returns
    /// whether there is one.
    fn back(&mut self) -> bool {
        self.nodes.truncate(self.noted);
        while let Some(node) = self.nodes.last_mut() {
            node.asleep.push((node.task, node.touched.take()));
            let asleep = |task: &&usize| node.asleep.iter().any(|(sleeper, _)| sleeper == *task);
            if let Some(&next) = node.wanted.iter().find(|task| !asleep(task)) {
                node.task = next;
                self.noted = self.nodes.len() - 1;
                return true;
            }
            self.nodes.pop();
        }
        false
    }

    /// Makes a new choice; `None` if the like of each was run before.
    ///
    /// The task that runs goes on, for a schedule of few preemptions; one that yields lets another
    /// go on, for two that yield to each other would never end.
    fn choose(
        &mut self,
        runnable: &[usize],
        current: Option<usize>,
        yields: bool,
    ) -> Option<usize> {
        let possible: Vec<usize> =
            runnable.iter().copied().filter(|&task| notes::possible(task)).collect();
        if let Some(&task) = self.given.get(self.depth) {
            // There is no other choice, so the search never comes back to this one.
            self.nodes.push(Node {
                possible: vec![task],
                wanted: BTreeSet::from([task]),
                asleep: Vec::new(),
                task,
                touched: None,
                after: Vec::new(),
            });
            return runnable.contains(&task).then_some(task);
        }
        if possible.is_empty() {
            self.attempts = true;
            self.standing = notes::standing();
            return runnable.first().copied();
        }
        let asleep: Vec<_> = self.nodes.last().map_or_else(Vec::new, |node| {
            let still = |(task, touches): &&(usize, Footprint)| {
                *task != node.task && !dependent(touches, &node.touched)
            };
            node.asleep.iter().filter(still).cloned().collect()
        });
        let awake = |task: &usize| asleep.iter().all(|(sleeper, _)| sleeper != task);
        let can = |task: &usize| possible.contains(task) && awake(task);
        let another =
            || possible.iter().copied().find(|task| Some(*task) != current && awake(task));
        let task = match current.filter(can) {
            Some(task) if yields => another().unwrap_or(task),
            Some(task) => task,
            None => another()?,
        };
        self.nodes.push(Node {
            possible,
            wanted: BTreeSet::from([task]),
            asleep,
            task,
            touched: None,
            after: Vec::new(),
        });
        Some(task)
    }
}

impl Search for Reduced {
    fn ended(&mut self, how: Ended) {
        self.ended = how;
    }

    fn given_up(&self) -> bool {
        self.ended == Ended::GivenUp
    }
}

impl Scheduler for Reduced {
    fn new_execution(&mut self) -> Option<Schedule> {
        if std::mem::replace(&mut self.begun, true) {
            self.settle();
            if !self.back() {
                return None;
            }
        }
        (self.depth, self.attempts, self.ended) = (0, false, Ended::Finished);
        notes::begin();
        Some(Schedule::new(0))
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        yields: bool,
    ) -> Option<TaskId> {
        if !self.attempts {
            self.note();
        }
        let runnable: Vec<usize> = runnable.iter().map(|task| task.id().into()).collect();
        if !self.attempts && self.depth > 0 {
            self.disabled(&runnable);
        }
        let chosen = match self.nodes.get(self.depth) {
            Some(node) => Some(node.task),
            None if self.attempts => runnable.first().copied(),
            None => self.choose(&runnable, current.map(usize::from), yields),
        };
        let Some(chosen) = chosen else {
            self.ended = Ended::GivenUp;
            return None;
        };
        self.depth += 1;
        notes::takes_step(chosen);
        Some(TaskId::from(chosen))
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
