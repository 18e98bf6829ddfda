//! A run along the beginning of a schedule, up to the next choice: what a player of the schedules
//! stands before.
//!
//! Some steps are no choice, and are taken at once: the first thread's, where it only starts the others
//! and waits for their ends, and a thread's way to its first operation. Where no
//! thread could do more than be blocked, each is, and the run ends in the deadlock that it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kit::model::notes::{self, Footprint};
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

use super::Why;
use super::position::Reached;
use super::scheduler::{NO_SUCH_STEP, Search};
use super::steps::{Noted, Step, Stuck, name, steps, stuck};
use crate::source::Place;

/// What a task stands before.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) task: usize,
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) at: Option<Place>,
    pub(super) can_move: bool,
    pub(super) ended: bool,
    /// How many records there were before its last step.
    pub(super) since: usize,
}

/// A move that was made: a choice that was one.
#[derive(Debug)]
pub(super) struct Moved {
    /// How many choices there were before it.
    pub(super) before: usize,
    /// How many records there were.
    pub(super) noted: usize,
    /// What the task stood before.
    pub(super) stood: Standing,
}

/// Where a walk stands.
#[derive(Debug, Default)]
pub(super) struct Stand {
    /// How many records there were when it stopped before a choice; `None` if it has come to its
    /// end.
    pub(super) stopped: Option<usize>,
    pub(super) moves: Vec<Moved>,
    pub(super) standing: Vec<Standing>,
    /// The operations that were taken, of the threads that were started.
    pub(super) operations: Vec<Step>,
    /// The steps that were taken, with what each touched, and the task that takes one now.
    trace: Vec<(usize, Footprint)>,
    running: Option<usize>,
    /// How many records there were before each task's last step.
    since: BTreeMap<usize, usize>,
    /// The tasks that could not go on, at each choice.
    stuck: Vec<Stuck>,
    /// The hash of each step, as far as it is known.
    pub(super) hashes: Vec<u64>,
}

impl Stand {
    /// Begins a run of which the hashes of the first steps are known.
    pub(super) fn knowing(hashes: Vec<u64>) -> Self {
        Self { hashes, ..Self::default() }
    }

    /// Notes what the step touched that has just ended.
    pub(super) fn ends_step(&mut self) {
        if let Some(task) = self.running.take() {
            self.trace.push((task, notes::touched()));
            // Nobody is asked for another step if the last thread that could move has ended.
            let last = self.standing.iter_mut().find(|standing| standing.task == task);
            if let Some(last) = last {
                last.ended |= notes::is_shown_returned(task);
            }
        }
    }

    /// Returns what is the same for two beginnings of schedules that differ only in the order of
    /// independent steps.
    pub(super) fn key(&mut self) -> u64 {
        notes::trace_key(&self.trace, &mut self.hashes)
    }

    fn standing(&self, task: usize, runnable: &[usize]) -> Standing {
        let unknown = if notes::has_begun(task) { "goes on" } else { "begins" };
        Standing {
            task,
            name: name(task),
            what: notes::operation(task).map_or(unknown, |next| next.what),
            at: notes::last_place(task),
            can_move: runnable.contains(&task) && notes::possible(task),
            ended: notes::is_shown_ended(task),
            since: self.since.get(&task).copied().unwrap_or(0),
        }
    }

    /// Tells what was done: as the lesson tells it, or, where it tells nothing, by the operations.
    pub(super) fn steps(&mut self, noted: &[Noted], why: Option<&Why>) -> Vec<Step> {
        let steps = steps(noted, &self.stuck, why);
        if steps.is_empty() { std::mem::take(&mut self.operations) } else { steps }
    }
}

/// Chooses who moves on from a position, if anybody.
pub(crate) type Guide = Arc<Mutex<dyn FnMut(Reached<'_>) -> Option<usize> + Send>>;

/// The scheduler: follows choices made before, and, with a guide, goes on to the next choice, and
/// from there as the guide says.
pub(super) struct Walk {
    choices: Vec<usize>,
    guide: Option<Guide>,
    taken: usize,
    started: bool,
    noted: Arc<Mutex<Vec<Noted>>>,
    stand: Arc<Mutex<Stand>>,
}

impl Walk {
    /// Follows the choices; those of a whole run, or, with a guide, of the beginning of one. `noted`
    /// gets the records of the run.
    pub(super) fn new(
        choices: &[usize],
        guide: Option<Guide>,
        noted: &Arc<Mutex<Vec<Noted>>>,
        stand: &Arc<Mutex<Stand>>,
    ) -> Self {
        let (noted, stand) = (Arc::clone(noted), Arc::clone(stand));
        Self { choices: choices.to_vec(), guide, taken: 0, started: false, noted, stand }
    }

    /// Asks the guide who moves from here.
    fn ask(&self, stand: &mut Stand, noted: &[Noted]) -> Option<usize> {
        let mut guide = self.guide.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        guide(Reached { choices: &self.choices, stand, noted, ended: None })
    }

    /// Returns whether the thread that starts the others does more than that beside them, so that
    /// when it does so is a choice like any other.
    fn first_acts(runnable: &[usize]) -> bool {
        let mut others = (1..).take_while(|&task| notes::is_known(task));
        let beside =
            runnable.iter().any(|&task| task > 0) || others.any(|task| !notes::has_ended(task));
        let operation = notes::operation(0).map(|operation| operation.what);
        let only_starts = matches!(operation, Some("starts a thread" | "joins"));
        beside && notes::has_begun(0) && !only_starts
    }

    /// Finds the step that is no choice, if there is one.
    fn no_choice(runnable: &[usize]) -> Option<usize> {
        if runnable.contains(&0) && notes::possible(0) && !Self::first_acts(runnable) {
            return Some(0);
        }
        // Of a task that is not known yet, nothing says that its first step is a way to an operation.
        let sets_out = |task: &&usize| {
            notes::is_known(**task)
                && !notes::has_begun(**task)
                && notes::operation(**task).is_none()
        };
        if let Some(&task) = runnable.iter().find(sets_out) {
            return Some(task);
        }
        let stuck = runnable.iter().all(|&task| !notes::possible(task));
        if stuck { runnable.first().copied() } else { None }
    }
}

impl Search for Walk {}

impl Scheduler for Walk {
    fn new_execution(&mut self) -> Option<Schedule> {
        notes::begin();
        (!std::mem::replace(&mut self.started, true)).then(|| Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let runnable: Vec<usize> = runnable.iter().map(|task| task.id().into()).collect();
        let mut stand = self.stand.lock().unwrap_or_else(PoisonError::into_inner);
        stand.ends_step();
        let records = self.noted.lock().unwrap_or_else(PoisonError::into_inner).len();
        let stuck: Vec<_> = stuck(records, &runnable, &stand.trace).collect();
        stand.stuck.extend(stuck);
        // Of a long way here, only its end is looked at.
        if self.guide.is_some() && self.taken + 1 >= self.choices.len() {
            // A task of which nothing is noted is known by being there to choose.
            let most = runnable.iter().max().copied().unwrap_or(0);
            let tasks = (0..).take_while(|&task| task <= most || notes::is_known(task));
            let tasks = tasks.filter(|&task| task > 0 || Self::first_acts(&runnable));
            let standing = tasks.map(|task| stand.standing(task, &runnable)).collect();
            stand.standing = standing;
        }
        let no_choice = Self::no_choice(&runnable);
        let chosen = match self.choices.get(self.taken) {
            Some(&choice) if runnable.contains(&choice) => choice,
            Some(_) => panic!("{NO_SUCH_STEP}"),
            None if self.guide.is_none() => panic!("{NO_SUCH_STEP}"),
            None => match no_choice {
                Some(task) => task,
                None => {
                    let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
                    match self.ask(&mut stand, &noted) {
                        Some(task) => task,
                        None => {
                            stand.stopped = Some(noted.len());
                            return None;
                        }
                    }
                }
            },
        };
        if self.guide.is_some() {
            let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner).len();
            if no_choice != Some(chosen) {
                let stood = stand.standing(chosen, &runnable);
                stand.moves.push(Moved { before: self.taken, noted, stood });
            }
            stand.since.insert(chosen, noted);
        }
        if let Some(operation) =
            notes::operation(chosen).filter(|_| chosen > 0 || Self::first_acts(&runnable))
        {
            let at = Some((operation.at.file(), operation.at.line()));
            let lane = name(chosen);
            stand.operations.push(Step { lane, did: operation.what.to_owned(), at });
        }
        if self.taken == self.choices.len() {
            self.choices.push(chosen);
        }
        self.taken += 1;
        stand.running = Some(chosen);
        notes::takes_step(chosen);
        Some(TaskId::from(chosen))
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use kit::model::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use kit::model::sync::{Arc, Mutex};
    use kit::model::thread;

    use crate::explore::{self, Model, Why};

    /// Tells whether some choice of moves leads to a failure.
    fn fails(choices: &[usize], model: &Model) -> bool {
        let position = explore::position(choices, model).expect("it was led here by its own moves");
        let tasks: Vec<usize> = position.can_move().map(|thread| thread.task).collect();
        match &position.end {
            Some(end) => {
                assert!(tasks.is_empty(), "nobody moves after the end");
                matches!(end, Err(Why::Panic(_)))
            }
            None => tasks
                .into_iter()
                .any(|task| fails(&[&position.choices[..], &[task]].concat(), model)),
        }
    }

    #[test]
    fn what_the_first_thread_does_beside_the_others_is_a_choice() {
        // Only where the flag is set before the other thread looks does it fail: the first thread has
        // to be able to wait, and to move.
        for late in [false, true] {
            let model = explore::model(move || {
                let flag = Arc::new(AtomicU32::new(0));
                let own = Arc::clone(&flag);
                let other = thread::spawn(move || own.load(SeqCst));
                flag.store(1, SeqCst);
                let seen = other.join().expect("it does not panic");
                assert_ne!(seen == 1, late, "seen {seen}");
            });
            assert!(fails(&[], &model), "late: {late}");
        }
    }

    #[test]
    fn the_thread_that_only_starts_the_others_is_none_of_them() {
        let model = explore::model(|| {
            let lock = Arc::new(Mutex::new(0));
            let threads = [(); 2].map(|()| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || *lock.lock().expect("not poisoned") += 1)
            });
            threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
            assert_eq!(*lock.lock().expect("not poisoned"), 2);
        });
        let position = explore::position(&[], &model).expect("it begins");
        assert_eq!(position.threads.iter().map(|one| one.task).collect::<Vec<_>>(), [1, 2]);
        assert!(!fails(&[], &model));
    }
}
