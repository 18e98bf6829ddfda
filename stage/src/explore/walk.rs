//! A run along the beginning of a schedule, up to the next choice: what a player of the schedules
//! stands before.
//!
//! Some steps are no choice, and are taken at once: the first thread's, where it only starts the others
//! and waits for their ends, and a thread's way to its first operation. Where no
//! thread could do more than be blocked, each is, and the run ends in the deadlock that it is.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use kit::model::notes::{self, Footprint, dependent};
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};

use super::scheduler::{NO_SUCH_STEP, Search};
use super::steps::{Noted, Place, Step, opened, steps};
use super::{Why, written};
use crate::record::{Record, What};
use crate::wait_for::{Doing, doing};

/// A thread of a model where a run has stopped.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    /// Its task's number, which is what a schedule names.
    pub(crate) task: usize,
    /// Its name.
    pub(crate) name: String,
    /// Where it stands.
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

/// Where a run stands after the beginning of a schedule.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    /// The choices that lead here, those that are none included.
    pub(crate) choices: Vec<usize>,
    /// How many of the choices there were before each that was one.
    pub(crate) moves: Vec<usize>,
    /// What was done so far.
    pub(crate) steps: Vec<Step>,
    /// The threads, in the order of their starts, without the one that started them.
    pub(crate) threads: Vec<Thread>,
    /// The same in all positions that differ only in the order of independent steps.
    pub(crate) key: u64,
    /// How the run ended, if it has: why it failed, or else what came out.
    pub(crate) end: Option<Result<String, Why>>,
}

impl Position {
    pub(super) fn new(
        choices: Vec<usize>,
        mut stand: Stand,
        noted: &[Noted],
        ended: Option<(Option<Why>, Option<String>)>,
    ) -> Self {
        let records: Vec<Record> = noted.iter().map(|noted| noted.record.clone()).collect();
        let failed = ended.as_ref().is_some_and(|(why, _)| why.is_some());
        // Where the run is over, no thread moves; where it has ended well, each has ended.
        let (over, well) = (ended.is_some(), ended.is_some() && !failed);
        let mut lanes = doing(&records);
        let thread = |standing: Standing| {
            let Standing { task, name, what, at, can_move, ended } = standing;
            let Doing { holds, waits } = lanes.remove(&name).unwrap_or_default();
            let label = if what == "releases" {
                released(noted, &name).map(str::to_owned)
            } else {
                waits.as_ref().map(|wait| wait.what.clone())
            };
            let next = (!ended).then(|| match label {
                Some(label) if what == "releases" => format!("releases {label}"),
                Some(label) if what.ends_with("acquires") => format!("acquires {label}"),
                Some(label) => format!("{what}: {label}"),
                None => what,
            });
            let can_move = can_move && !over;
            let next = next.filter(|_| !well);
            let waits = waits.filter(|_| !can_move && next.is_some()).map(|wait| wait.to_string());
            Thread { task, name, at, next, can_move, holds, waits }
        };
        let end = ended.map(|(why, out)| match why {
            Some(why) => Err(why),
            None => Ok(out.unwrap_or_default()),
        });
        let key = stand.key();
        let mut steps = stand.steps(noted, failed);
        let threads: Vec<Thread> = stand.standing.into_iter().map(thread).collect();
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
        Self { choices, moves: stand.moves, steps, threads, key, end }
    }

    /// Returns the schedule up to here, as `--schedule` takes it.
    pub(crate) fn schedule(&self) -> String {
        written(&self.choices)
    }

    /// Returns the threads that can move.
    pub(crate) fn can_move(&self) -> impl Iterator<Item = &Thread> {
        self.threads.iter().filter(|thread| thread.can_move)
    }
}

/// Finds what a lane has said last that it releases.
fn released<'a>(noted: &'a [Noted], lane: &str) -> Option<&'a str> {
    let of_lane = |noted: &&Noted| noted.record.lane == lane;
    noted.iter().filter(of_lane).rev().find_map(|last| match last.record.what {
        What::Closed { id } => opened(noted, id),
        _ => None,
    })
}

/// What a task stands before.
#[derive(Debug)]
struct Standing {
    task: usize,
    name: String,
    what: String,
    at: Option<Place>,
    can_move: bool,
    ended: bool,
}

/// Returns a task's name, or one for a task that has none.
fn name(task: usize) -> String {
    let unnamed = || if task == 0 { "main".to_owned() } else { format!("thread {task}") };
    notes::name(task).unwrap_or_else(unnamed)
}

/// Where a walk stands.
#[derive(Debug, Default)]
pub(super) struct Stand {
    /// How many records there were when it stopped before a choice; `None` if it has come to its
    /// end.
    pub(super) stopped: Option<usize>,
    moves: Vec<usize>,
    standing: Vec<Standing>,
    /// The operations that were taken, of the threads that were started.
    operations: Vec<Step>,
    /// The steps that were taken, with what each touched, and the task that takes one now.
    trace: Vec<(usize, Footprint)>,
    running: Option<usize>,
}

impl Stand {
    /// Notes what the step touched that has just ended.
    pub(super) fn ends_step(&mut self) {
        if let Some(task) = self.running.take() {
            self.trace.push((task, notes::touched()));
        }
    }

    /// Returns what is the same for two beginnings of schedules that differ only in the order of
    /// independent steps: a hash of each step by its task and number, with the steps of each task before it.
    fn key(&self) -> u64 {
        let tasks = 1 + self.trace.iter().map(|(task, _)| *task).max().unwrap_or(0);
        let mut clocks: Vec<(usize, Vec<u32>)> = Vec::new();
        for (index, (task, touched)) in self.trace.iter().enumerate() {
            let mut clock = vec![0; tasks];
            for (earlier, (other, before)) in self.trace[..index].iter().enumerate() {
                if other == task || dependent(before, touched) {
                    let known = &clocks[earlier].1;
                    clock
                        .iter_mut()
                        .zip(known)
                        .for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
                }
            }
            clock[*task] += 1;
            clocks.push((*task, clock));
        }
        let mut key: Vec<Vec<u32>> = clocks
            .into_iter()
            .map(|(task, mut clock)| {
                while clock.last() == Some(&0) {
                    clock.pop();
                }
                clock.insert(0, u32::try_from(task).unwrap_or(u32::MAX));
                clock
            })
            .collect();
        key.sort_unstable();
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    }

    /// Tells what was done: as the lesson tells it, or, where it tells nothing, by the operations.
    pub(super) fn steps(&mut self, noted: &[Noted], failed: bool) -> Vec<Step> {
        let steps = steps(noted, failed);
        if steps.is_empty() { std::mem::take(&mut self.operations) } else { steps }
    }
}

/// The scheduler: follows choices made before, and, if it is to stop, goes on to the next choice.
pub(super) struct Walk {
    choices: Vec<usize>,
    stops: bool,
    taken: usize,
    started: bool,
    noted: Arc<Mutex<Vec<Noted>>>,
    stand: Arc<Mutex<Stand>>,
}

impl Walk {
    /// Follows the choices; those of a whole run, or, if it `stops`, of the beginning of one, to
    /// stop before the next. `noted` gets the records of the run.
    pub(super) fn new(
        choices: &[usize],
        stops: bool,
        noted: &Arc<Mutex<Vec<Noted>>>,
        stand: &Arc<Mutex<Stand>>,
    ) -> Self {
        let (noted, stand) = (Arc::clone(noted), Arc::clone(stand));
        Self { choices: choices.to_vec(), stops, taken: 0, started: false, noted, stand }
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

    fn standing(task: usize, runnable: &[usize]) -> Standing {
        let operation = notes::operation(task);
        let place = |at: &'static std::panic::Location<'static>| (at.file(), at.line());
        Standing {
            task,
            name: name(task),
            what: operation.map_or_else(|| "goes on".to_owned(), |next| next.what.to_owned()),
            at: notes::last_place(task).map(place),
            can_move: runnable.contains(&task) && notes::possible(task),
            ended: notes::has_ended(task),
        }
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
        // Of a long way here, only its end is looked at.
        if self.stops && self.taken + 1 >= self.choices.len() {
            // A task of which nothing is noted is known by being there to choose.
            let most = runnable.iter().max().copied().unwrap_or(0);
            let tasks = (0..).take_while(|&task| task <= most || notes::is_known(task));
            let tasks = tasks.filter(|&task| task > 0 || Self::first_acts(&runnable));
            stand.standing = tasks.map(|task| Self::standing(task, &runnable)).collect();
        }
        let no_choice = Self::no_choice(&runnable);
        let chosen = match self.choices.get(self.taken) {
            Some(&choice) if runnable.contains(&choice) => choice,
            Some(_) => panic!("{NO_SUCH_STEP}"),
            None if !self.stops => panic!("{NO_SUCH_STEP}"),
            None => match no_choice {
                Some(task) => task,
                None => {
                    let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
                    stand.stopped = Some(noted.len());
                    return None;
                }
            },
        };
        if no_choice != Some(chosen) {
            stand.moves.push(self.taken);
        }
        if let Some(operation) =
            notes::operation(chosen).filter(|_| chosen > 0 || Self::first_acts(&runnable))
        {
            let at = Some((operation.at.file(), operation.at.line()));
            let lane = name(chosen);
            stand.operations.push(Step { lane, did: operation.what.to_owned(), at });
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
