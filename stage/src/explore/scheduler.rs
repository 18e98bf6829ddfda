//! The schedulers that an exploration hands to Shuttle: one that outlives a failure, one that follows choices made before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

use super::{Count, Why};

/// What the scheduler of a run shares with whoever started it.
pub(super) struct Found {
    pub(super) scheduler: Box<dyn Scheduler + Send>,
    /// How many schedules may be run.
    pub(super) most: usize,
    /// After how many choices a schedule is cut off.
    pub(super) choices_at_most: usize,
    /// How many preemptions a schedule may have, where that is bounded.
    pub(super) preemptions: Option<usize>,
    pub(super) count: Count,
    /// The failing schedules of the fewest choices.
    pub(super) shortest: Vec<Vec<usize>>,
    /// Of the schedule that runs now: the choices so far, and the preemptions among them.
    pub(super) choices: Vec<usize>,
    pub(super) preempted: usize,
}

/// So many of the shortest failing schedules are kept: the one of the fewest choices is not always that of the fewest steps.
const KEPT: usize = 8;

impl Found {
    pub(super) fn new(scheduler: Box<dyn Scheduler + Send>, most: usize, choices_at_most: usize) -> Self {
        Self {
            scheduler,
            most,
            choices_at_most,
            preemptions: None,
            count: Count::default(),
            shortest: Vec::new(),
            choices: Vec::new(),
            preempted: 0,
        }
    }

    /// Notes that the schedule that runs now has failed.
    pub(super) fn failed(&mut self, why: &Why) {
        match why {
            Why::Deadlock => self.count.deadlocked += 1,
            Why::Panic(_) => self.count.panicked += 1,
        }
        let at = self.shortest.partition_point(|known| known.len() <= self.choices.len());
        if at < KEPT {
            self.shortest.insert(at, self.choices.clone());
            self.shortest.truncate(KEPT);
        }
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
        let next = found.scheduler.new_execution();
        found.count.all = next.is_none();
        let schedule = next.filter(|_| found.count.run < found.most)?;
        found.count.run += 1;
        found.choices.clear();
        found.preempted = 0;
        Some(schedule)
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yields: bool) -> Option<TaskId> {
        let mut found = lock(&self.0);
        if found.choices.len() == found.choices_at_most {
            found.count.cut += 1;
            return None;
        }
        let goes_on = runnable.iter().find(|task| Some(task.id()) == current && !yields);
        let spent = found.preemptions == Some(found.preempted);
        let task = match goes_on {
            Some(only) if spent => found.scheduler.next_task(&[only], current, yields)?,
            _ => found.scheduler.next_task(runnable, current, yields)?,
        };
        found.preempted += usize::from(goes_on.is_some_and(|goes_on| goes_on.id() != task));
        found.choices.push(task.into());
        Some(task)
    }

    fn next_u64(&mut self) -> u64 {
        lock(&self.0).scheduler.next_u64()
    }
}

/// What a run says that leaves the choices it was given.
pub(super) const NO_SUCH_STEP: &str = "no such step";

/// Follows choices made before.
pub(super) struct Given {
    choices: Vec<usize>,
    next: usize,
    started: bool,
}

impl Given {
    pub(super) fn new(choices: Vec<usize>) -> Self {
        Self { choices, next: 0, started: false }
    }
}

impl Scheduler for Given {
    fn new_execution(&mut self) -> Option<Schedule> {
        (!std::mem::replace(&mut self.started, true)).then(|| Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let choice = self.choices.get(self.next).copied();
        self.next += 1;
        let task = runnable.iter().map(|task| task.id()).find(|&id| Some(usize::from(id)) == choice);
        Some(task.unwrap_or_else(|| panic!("{NO_SUCH_STEP}")))
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}
