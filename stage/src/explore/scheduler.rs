//! The schedulers that an exploration hands to Shuttle: one that outlives a failure, one that
//! follows choices made before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shuttle::scheduler::{DfsScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId};

use super::{Count, Ends, Why};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The model returned.
    Finished,
    /// Nobody could move.
    Deadlocked,
    /// A task panicked, or asked for a lock that it holds itself, and left the others as they
    /// stood.
    Panicked,
    /// It was cut off at the bound on choices.
    CutOff,
    /// The search gave it up: its like was run before.
    GivenUp,
}

/// A search through the schedules of a model: a scheduler that outlives a run that fails, and is
/// told how each one ended.
pub(super) trait Search: Scheduler + Send {
    /// Takes note of how the run ended; one of which nothing is said has finished.
    fn ended(&mut self, _: Ended) {}

    /// Returns whether the search has given the run up that runs.
    fn given_up(&self) -> bool {
        false
    }
}

impl Search for DfsScheduler {}
impl Search for RandomScheduler {}

/// What the scheduler of a run shares with the search that started it.
pub(super) struct Found {
    pub(super) scheduler: Box<dyn Search>,
    /// How many schedules may be run.
    pub(super) most: usize,
    /// After how many choices a schedule is cut off.
    pub(super) choices_at_most: usize,
    /// How many preemptions a schedule may have, where that is bounded.
    pub(super) preemptions: Option<usize>,
    pub(super) count: Count,
    pub(super) ends: Ends,
    /// Whether the model has returned in the schedule that runs now.
    pub(super) came_out: bool,
    /// The failing schedules of the fewest choices.
    pub(super) shortest: Vec<Vec<usize>>,
    /// Of the schedule that runs now: the choices so far, and the preemptions among them.
    pub(super) choices: Vec<usize>,
    pub(super) preempted: usize,
}

/// The number of the shortest failing schedules that are kept: the one of the fewest choices is not
/// always that of the fewest steps.
const KEPT: usize = 8;

impl Found {
    pub(super) fn new(scheduler: Box<dyn Search>, most: usize, choices_at_most: usize) -> Self {
        Self {
            scheduler,
            most,
            choices_at_most,
            preemptions: None,
            count: Count::default(),
            ends: Ends::new(),
            came_out: false,
            shortest: Vec::new(),
            choices: Vec::new(),
            preempted: 0,
        }
    }

    /// Notes what came out of the schedule that runs now.
    pub(super) fn came_out(&mut self, text: String, wrong: bool) {
        self.came_out = true;
        self.end(text, wrong);
    }

    fn end(&mut self, text: String, wrong: bool) {
        self.ends.entry(text).or_insert((wrong, 0)).1 += 1;
    }

    /// Notes that the schedule that runs now has failed, and whether that left tasks that could
    /// have gone on.
    pub(super) fn failed(&mut self, why: &Why, left: bool) {
        let ended = match why {
            Why::Deadlock => {
                self.count.deadlocked += 1;
                if left { Ended::Panicked } else { Ended::Deadlocked }
            }
            Why::Panic(_) => {
                self.count.panicked += 1;
                Ended::Panicked
            }
        };
        if !std::mem::take(&mut self.came_out) {
            self.end(why.to_string(), true);
        }
        self.scheduler.ended(ended);
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
        found.came_out = false;
        found.preempted = 0;
        Some(schedule)
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        yields: bool,
    ) -> Option<TaskId> {
        let mut found = lock(&self.0);
        if found.choices.len() == found.choices_at_most {
            found.count.cut += 1;
            found.scheduler.ended(Ended::CutOff);
            return None;
        }
        let goes_on = runnable.iter().find(|task| Some(task.id()) == current && !yields);
        let spent = found.preemptions == Some(found.preempted);
        let task = match goes_on {
            Some(only) if spent => found.scheduler.next_task(&[only], current, yields),
            _ => found.scheduler.next_task(runnable, current, yields),
        };
        let Some(task) = task else {
            found.count.given_up += usize::from(found.scheduler.given_up());
            return None;
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
