//! High waits for a lock that low holds, and medium, which wants no lock at all, preempts low: the
//! middle priority goes first.
//!
//! To have the system schedule by priority (`SCHED_FIFO`) takes rights that an ordinary user does not
//! have. So one processor and its preemptive scheduler are simulated here, in ticks: at each tick, of
//! all tasks that can run, the one of the highest priority does. No clock, no chance.
//!
//! Two cures are simulated beside it. *Priority inheritance* (Sha, Rajkumar, Lehoczky, 1990): the
//! holder of a lock has the highest priority of the tasks that wait for it, also by way of other
//! locks. *Priority ceiling*, the immediate kind: the holder of a lock has, from the start, the
//! highest priority of the tasks that will ever acquire it.

use std::iter::zip;
use std::sync::Barrier;
use std::thread::{scope, sleep};
use std::time::Duration;

use tracing::{Span, info_span};

use crate::scoped_threads::start;

/// A step of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Needs the processor for a number of ticks.
    Work(u32),
    /// Acquires the lock of that number; waits while another task holds it.
    Lock(usize),
    /// Releases it.
    Unlock(usize),
}

/// A task with a priority.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its lane.
    pub name: &'static str,
    /// The larger, the more urgent.
    pub priority: u32,
    /// The tick at which it comes.
    pub arrives: u32,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// The priority of a task that holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Its own.
    Plain,
    /// The highest of the tasks that wait for the lock.
    Inheritance,
    /// The highest of the tasks that ever acquire the lock.
    Ceiling,
}

/// The state of a task in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Has not come yet, or is done.
    Absent,
    /// Has the processor, and no lock.
    Runs,
    /// Has the processor and a lock.
    Holds,
    /// Waits for a lock.
    Waits,
    /// Could run, but another task does.
    Ready,
    /// The same, while it holds a lock.
    Stalled,
}

/// The state of each task at each tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// A row for each task, a column for each tick.
    rows: Vec<(&'static str, Vec<Doing>)>,
}

impl Timeline {
    /// Returns the number of ticks in which a task was in a state.
    pub fn ticks(&self, name: &str, what: Doing) -> usize {
        self.row(name).iter().filter(|doing| **doing == what).count()
    }

    /// Returns the tick before which a task was done.
    pub fn done(&self, name: &str) -> usize {
        self.row(name).iter().rposition(|doing| *doing != Doing::Absent).map_or(0, |last| last + 1)
    }

    fn row(&self, name: &str) -> &[Doing] {
        &self.rows.iter().find(|row| row.0 == name).expect("a task of that name").1
    }

    /// Plays it back for the lanes: a thread for each task, in step, a tick each `pace`.
    pub fn play(&self, pace: Duration) {
        let beat = &Barrier::new(self.rows.len());
        scope(|scope| {
            // The number keeps the lanes in the order of the tasks.
            for (n, (name, doing)) in zip(1.., &self.rows) {
                start(scope, format!("{n} {name}"), move || {
                    for state in doing.chunk_by(Doing::eq) {
                        let _span = match state[0] {
                            Doing::Absent => Span::none(),
                            Doing::Runs => info_span!("runs", what = ""),
                            Doing::Holds => info_span!("holds", what = "lock"),
                            Doing::Waits => info_span!("waits", what = "lock"),
                            Doing::Ready => info_span!("idles", what = ""),
                            Doing::Stalled => info_span!("idles", what = "has lock"),
                        };
                        for _ in state {
                            beat.wait();
                            sleep(pace);
                        }
                    }
                });
            }
        });
    }
}

/// A task on its way through its steps.
struct Running<'a> {
    task: &'a Task,
    /// The steps that are left, the next one last.
    left: Vec<Step>,
    held: Vec<usize>,
    waits_for: Option<usize>,
}

impl Running<'_> {
    fn has_come(&self, tick: u32) -> bool {
        !self.left.is_empty() && self.task.arrives <= tick
    }
}

/// Schedules the tasks on one processor until all are done.
///
/// # Panics
/// If there is a tick in which no task can run: none has come, or each waits for a lock.
pub fn simulate(tasks: &[Task], protocol: Protocol) -> Timeline {
    let left = |task: &Task| task.steps.iter().rev().copied().collect();
    let running = |task| Running { task, left: left(task), held: Vec::new(), waits_for: None };
    let mut all: Vec<_> = tasks.iter().map(running).collect();
    let mut rows: Vec<_> = tasks.iter().map(|task| (task.name, Vec::new())).collect();
    let mut runs = 0;
    for tick in 0.. {
        if all.iter().all(|task| task.left.is_empty()) {
            break;
        }
        runs = next_to_work(&mut all, tick, runs, protocol);
        for (number, (task, (_, row))) in zip(&all, &mut rows).enumerate() {
            row.push(match task {
                _ if runs == number && task.held.is_empty() => Doing::Runs,
                _ if runs == number => Doing::Holds,
                _ if !task.has_come(tick) => Doing::Absent,
                _ if task.waits_for.is_some() => Doing::Waits,
                _ if task.held.is_empty() => Doing::Ready,
                _ => Doing::Stalled,
            });
        }
        if let Some(Step::Work(ticks)) = all[runs].left.last_mut() {
            *ticks -= 1;
        }
        // A task whose work is over releases its locks before the next tick begins.
        settle(&mut all, runs);
    }
    Timeline { rows }
}

/// Chooses the task that works in this tick: the most urgent one that can. Locks are acquired on
/// the way, and cost no time.
///
/// Of equals, the one that had the last tick goes on, or else the first in the list.
fn next_to_work(all: &mut [Running<'_>], tick: u32, last: usize, protocol: Protocol) -> usize {
    loop {
        let able = |task: &Running<'_>| task.has_come(tick) && task.waits_for.is_none();
        let chosen = (0..all.len())
            .rev()
            .filter(|&number| able(&all[number]))
            .max_by_key(|&number| (priority(all, number, protocol), last == number));
        let chosen = chosen.expect("a task has come, and does not wait");
        let Some(&Step::Lock(lock)) = all[chosen].left.last() else { return chosen };
        if all.iter().any(|task| task.held.contains(&lock)) {
            all[chosen].waits_for = Some(lock);
        } else {
            all[chosen].held.push(lock);
            all[chosen].left.pop();
            settle(all, chosen);
        }
    }
}

/// Ends what a task has finished: work of no more ticks, and the releases after it. A task that
/// waits for such a lock may try again.
fn settle(all: &mut [Running<'_>], number: usize) {
    while let Some(step) = all[number].left.last().copied() {
        match step {
            Step::Work(0) => {}
            Step::Unlock(lock) => {
                all[number].held.retain(|held| *held != lock);
                for task in all.iter_mut().filter(|task| task.waits_for == Some(lock)) {
                    task.waits_for = None;
                }
            }
            Step::Work(_) | Step::Lock(_) => break,
        }
        all[number].left.pop();
    }
}

/// Returns a task's priority at this moment.
fn priority(all: &[Running<'_>], number: usize, protocol: Protocol) -> u32 {
    let task = &all[number];
    let raised = match protocol {
        Protocol::Plain => None,
        // By way of other locks, too: a task that waits may itself be waited for. There is no
        // cycle, or the tasks would never end.
        Protocol::Inheritance => (0..all.len())
            .filter(|&other| all[other].waits_for.is_some_and(|lock| task.held.contains(&lock)))
            .map(|other| priority(all, other, protocol))
            .max(),
        Protocol::Ceiling => all
            .iter()
            .filter(|one| task.held.iter().any(|lock| one.task.steps.contains(&Step::Lock(*lock))))
            .map(|one| one.task.priority)
            .max(),
    };
    task.task.priority.max(raised.unwrap_or(0))
}

/// Returns the tasks of the lesson: low holds the lock, high comes and wants it, medium comes and
/// works for `medium` ticks.
pub fn story(medium: u32) -> [Task; 3] {
    use Step::{Lock, Unlock, Work};
    let task = |name, priority, arrives, steps| Task { name, priority, arrives, steps };
    [
        task("high", 3, 2, vec![Work(1), Lock(0), Work(2), Unlock(0), Work(1)]),
        task("medium", 2, 3, vec![Work(medium)]),
        task("low", 1, 0, vec![Work(1), Lock(0), Work(4), Unlock(0), Work(1)]),
    ]
}
