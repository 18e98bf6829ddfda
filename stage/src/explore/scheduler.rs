//! The schedulers that an exploration hands to Shuttle: one that outlives a failure, one that follows choices made before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

use super::Count;

/// What the scheduler of a run shares with whoever started it.
pub(super) struct Found {
    pub(super) scheduler: Box<dyn Scheduler + Send>,
    /// How many preemptions a schedule may have, where that is bounded.
    pub(super) preemptions: Option<usize>,
    pub(super) started: usize,
    pub(super) failed: usize,
    pub(super) cut: usize,
    /// Whether the scheduler had no more schedules, rather than no more leave.
    pub(super) exhausted: bool,
    /// The failing schedule of the fewest choices.
    pub(super) shortest: Option<String>,
    /// Of the schedule that runs now: the choices so far, and the preemptions among them.
    pub(super) choices: String,
    pub(super) preempted: usize,
}

impl Found {
    pub(super) fn new(scheduler: Box<dyn Scheduler + Send>) -> Self {
        Self {
            scheduler,
            preemptions: None,
            started: 0,
            failed: 0,
            cut: 0,
            exhausted: false,
            shortest: None,
            choices: String::new(),
            preempted: 0,
        }
    }

    pub(super) fn count(&self) -> Count {
        Count { run: self.started, failed: self.failed, cut: self.cut, all: self.exhausted }
    }
}

pub(super) fn lock(shared: &Mutex<Found>) -> MutexGuard<'_, Found> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the scheduler where it outlives the run that a failure ended.
pub(super) struct Kept(pub(super) Arc<Mutex<Found>>);

impl Scheduler for Kept {
    fn new_execution(&mut self) -> Option<Schedule> {
        let mut found = lock(&self.0);
        let schedule = found.scheduler.new_execution()?;
        found.started += 1;
        found.choices.clear();
        found.preempted = 0;
        Some(schedule)
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yields: bool) -> Option<TaskId> {
        let mut found = lock(&self.0);
        if found.choices.len() == MOST_CHOICES {
            found.cut += 1;
            return None;
        }
        let goes_on = runnable.iter().find(|task| Some(task.id()) == current && !yields);
        let spent = found.preemptions == Some(found.preempted);
        let task = match goes_on {
            Some(only) if spent => found.scheduler.next_task(&[only], current, yields)?,
            _ => found.scheduler.next_task(runnable, current, yields)?,
        };
        found.preempted += usize::from(goes_on.is_some_and(|goes_on| goes_on.id() != task));
        found.choices.push(digit(task));
        Some(task)
    }

    fn next_u64(&mut self) -> u64 {
        lock(&self.0).scheduler.next_u64()
    }
}

/// Writes a choice as one digit to base 36; a lesson has fewer threads than that.
fn digit(task: TaskId) -> char {
    u32::try_from(usize::from(task)).ok().and_then(|task| char::from_digit(task, 36)).unwrap_or('?')
}

/// A schedule that is longer than this goes round in circles.
const MOST_CHOICES: usize = 150;

pub(super) const NO_SUCH_STEP: &str = "no such step";

/// Follows choices made before.
pub(super) struct Given {
    choices: Vec<u32>,
    next: usize,
    started: bool,
}

impl Given {
    pub(super) fn new(choices: Vec<u32>) -> Self {
        Self { choices, next: 0, started: false }
    }
}

impl Scheduler for Given {
    fn new_execution(&mut self) -> Option<Schedule> {
        (!std::mem::replace(&mut self.started, true)).then(|| Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let choice = self.choices.get(self.next).map(|&choice| choice as usize);
        self.next += 1;
        let task = runnable.iter().map(|task| task.id()).find(|&id| Some(usize::from(id)) == choice);
        Some(task.unwrap_or_else(|| panic!("{NO_SUCH_STEP}")))
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
