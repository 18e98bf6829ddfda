//! Every schedule of a lesson: its modelled variant under Shuttle, depth first.
//!
//! Shuttle runs the threads of a model as coroutines on one thread and asks a scheduler who is next
//! wherever they could affect each other. It takes every atomic operation as `SeqCst`: what rests
//! on weaker orderings is Loom's to check, not this module's.

use std::sync::{Arc, Mutex, PoisonError};

use shuttle::scheduler::{DfsScheduler, RandomScheduler};
use tracing_subscriber::layer::SubscriberExt;

pub use self::found::{Bound, Count, Ends, Explored};
pub use self::outcome::{Model, Outcome, model, outcomes};
pub(crate) use self::outcome::{came_out, outcomes_of};
pub(crate) use self::position::{Position, Reached, Thread};
use self::reduced::Reduced;
use self::run::{keep_callsites_open, run, run_all};
use self::scheduler::{Found, NO_SUCH_STEP, Search, lock};
pub use self::steps::Step;
use self::steps::{Noted, Steps};
pub(crate) use self::walk::Guide;
use self::walk::{Stand, Walk};
use self::words::in_words;
pub(crate) use self::written::{read, written};
use crate::record::Recorder;

mod found;
mod outcome;
mod position;
mod reduced;
mod run;
mod scheduler;
mod steps;
mod walk;
mod words;
mod written;

/// How a schedule fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No thread can move.
    Deadlock,
    /// A thread panicked, and said this.
    Panic(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Deadlock => f.write_str("nobody can move"),
            Self::Panic(said) => f.write_str(&sentence(said)),
        }
    }
}

/// Returns what an assertion found wrong, without the macro's own words.
fn sentence(said: &str) -> String {
    let value = |name| said.lines().find_map(|line| line.trim_start().strip_prefix(name));
    let first = said.lines().next().unwrap_or_default();
    for (macro_says, is) in [
        ("assertion `left == right` failed", "not"),
        ("assertion `left != right` failed", "which it must not be"),
    ] {
        let Some(rest) = first.strip_prefix(macro_says) else { continue };
        let values = match (value("left: "), value("right: ")) {
            (Some(left), Some(right)) if is == "not" => {
                format!("{} came out, not {}", in_words(left), in_words(right))
            }
            (Some(left), _) => format!("{} came out, {is}", in_words(left)),
            _ => String::new(),
        };
        let own = rest.trim_start_matches(':').trim();
        return if own.is_empty() { values } else { format!("{own}: {values}") };
    }
    match first.strip_prefix("assertion failed: ") {
        Some(claim) => format!("this does not hold: {claim}"),
        None => said.lines().collect::<Vec<_>>().join(" "),
    }
}

/// Holds a schedule that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// How.
    pub why: Why,
    /// What was done, by whom, in which order.
    pub steps: Vec<Step>,
    /// The choices that lead there, for [`replay`].
    pub schedule: String,
}

/// Runs `model` under every schedule that differs, up to the bound.
///
/// Two schedules that differ only in the order of independent steps come to the same end, so one of
/// them is run (source-set partial-order reduction). Beside it, a plain depth-first search runs all
/// orders up to a bound of its own; where both come to their ends, what came out has to be the
/// same.
///
/// A fixed variant may have no end of schedules: two threads that yield to each other can go on
/// doing so. Few preemptions find most faults (Musuvathi and Qadeer, "Iterative context bounding",
/// 2007), and there are few such schedules.
///
/// # Panics
/// If the two searches come to different ends: a step of the model touches what no note says.
pub fn explore(bound: &Bound, model: &Model) -> Explored {
    keep_callsites_open();
    let search = |scheduler: Box<dyn Search>, most| Found::new(scheduler, most, bound.choices);
    let depth_first = || Box::new(DfsScheduler::new(None, false));
    let differ = run_all(search(Box::new(Reduced::new()), bound.schedules), model);
    let enough = bound.plain.filter(|_| differ.count.whole());
    // Beyond that bound, this search changes the last steps of one schedule, again and again: those
    // that differ tell more.
    let plain = run_all(search(depth_first(), bound.plain.unwrap_or(bound.schedules)), model);
    if differ.count.whole() && plain.count.whole() {
        let ends = |found: &Found| found.ends.keys().cloned().collect::<Vec<_>>();
        assert_eq!(ends(&differ), ends(&plain), "independent steps were left out that were not");
    }
    let mut shortest = plain.shortest;
    shortest.extend(differ.shortest);
    let beyond = (enough.is_none() && !plain.count.whole()).then(|| {
        let few = Found {
            preemptions: Some(bound.preemptions),
            ..search(depth_first(), bound.schedules)
        };
        let few = run_all(few, model);
        let random = Box::new(RandomScheduler::new_from_seed(bound.seed, usize::MAX));
        let random = run_all(search(random, bound.random), model);
        shortest.extend(few.shortest.into_iter().chain(random.shortest));
        (few.count, random.count)
    });
    // Steps cost more than the schedule itself: they are noted for the shortest only, in a run of
    // their own.
    let failing = shortest.iter().filter_map(|choices| {
        let (steps, why) = follow(choices, model)?;
        Some(Failing { why: why?, steps, schedule: written(choices) })
    });
    let fewest = failing.min_by_key(|failing| (failing.steps.len(), failing.schedule.len()));
    assert_eq!(fewest.is_some(), !shortest.is_empty(), "a schedule that fails fails again");
    Explored {
        differ: differ.count,
        ends: differ.ends,
        depth_first: plain.count,
        beyond,
        shortest: fewest,
    }
}

/// What is wrong with what is no schedule at all.
pub(crate) const NO_SCHEDULE: &str =
    "a schedule is what --explore prints: digits and letters, or numbers with dots";

/// What is wrong with a schedule that leads nowhere.
pub(crate) const NOT_ITS_OWN: &str = "that schedule is not one of this variant's";

/// Runs `model` once, under a schedule that [`explore`] gave; returns the steps, and how it failed
/// if it did.
///
/// # Errors
/// The schedule is not one of this model's.
pub fn replay(schedule: &str, model: &Model) -> Result<(Vec<Step>, Option<Why>), String> {
    let choices = read(schedule).ok_or(NO_SCHEDULE)?;
    follow(&choices, model).ok_or_else(|| NOT_ITS_OWN.to_owned())
}

/// Runs `model` once; `None` if it has other choices to make than those given.
fn follow(choices: &[usize], model: &Model) -> Option<(Vec<Step>, Option<Why>)> {
    let (ended, noted, mut stand) = walk(choices, None, Vec::new(), model);
    let Ended { why, took, .. } = ended?;
    (took == choices).then(|| (stand.steps(&noted, why.as_ref()), why))
}

/// Runs `model` along the beginning of a schedule, and on from there until a thread has to be
/// chosen or the run ends; `None` if it has other choices to make than those given.
pub(crate) fn position(prefix: &[usize], model: &Model) -> Option<Position> {
    reached(prefix, model, |reached| Position::from(reached))
}

/// As [`position`], with nothing told before `tell` asks for it.
pub(crate) fn reached<R>(
    prefix: &[usize],
    model: &Model,
    tell: impl FnOnce(Reached<'_>) -> R,
) -> Option<R> {
    let stops: Guide = Arc::new(Mutex::new(|_: Reached<'_>| None));
    led(prefix, Vec::new(), &stops, model, tell)
}

/// Runs `model` along the beginning of a schedule, and on from there as the guide says; `tell` is
/// given where that stops or ends. `hashes` has those of the first steps, as far as they are known.
pub(crate) fn led<R>(
    prefix: &[usize],
    hashes: Vec<u64>,
    guide: &Guide,
    model: &Model,
    tell: impl FnOnce(Reached<'_>) -> R,
) -> Option<R> {
    let (ended, noted, mut stand) = walk(prefix, Some(guide), hashes, model);
    let Ended { why, came_out, took } = ended.filter(|ended| ended.took.starts_with(prefix))?;
    stand.ends_step();
    let ended = stand.stopped.is_none().then_some((why, came_out));
    Some(tell(Reached { choices: &took, stand: &mut stand, noted: &noted, ended }))
}

/// What the schedules come to that begin alike.
pub(crate) struct Ahead {
    /// One of all that differ only in the order of independent steps, as far as they were run.
    pub(crate) count: Count,
    /// What came out of those.
    pub(crate) ends: Ends,
    /// The beginnings of those that fail, the shortest first.
    pub(crate) failing: Vec<Vec<usize>>,
}

/// Runs the schedules of `model` that begin with `prefix`, `most` at the most.
pub(crate) fn ahead(prefix: &[usize], most: usize, model: &Model) -> Ahead {
    keep_callsites_open();
    let choices = prefix.len() + Bound::default().choices;
    let search = Found::new(Box::new(Reduced::from(prefix.to_vec())), most, choices);
    let Found { count, ends, shortest, .. } = run_all(search, model);
    Ahead { count, ends, failing: shortest }
}

/// How a run along given choices ended.
struct Ended {
    why: Option<Why>,
    /// What came out, where the model returned: as it is counted.
    came_out: Option<String>,
    took: Vec<usize>,
}

fn walk(
    choices: &[usize],
    guide: Option<&Guide>,
    hashes: Vec<u64>,
    model: &Model,
) -> (Option<Ended>, Vec<Noted>, Stand) {
    // A subscriber that is new has every place in the code asked whether it wants it: one is enough.
    thread_local! {
        static WALKS: (tracing::Dispatch, Arc<Mutex<Vec<Noted>>>) = {
            let records = Arc::default();
            let recorder = Recorder::new(Steps::new(&records));
            (tracing::Dispatch::new(tracing_subscriber::registry().with(recorder)), records)
        };
    }
    keep_callsites_open();
    let (dispatch, records) = WALKS.with(Clone::clone);
    let taken = || std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));
    drop(taken());
    let stand = Arc::new(Mutex::new(Stand::knowing(hashes)));
    let walk = Walk::new(choices, guide.cloned(), &records, &stand);
    let shared = Arc::new(Mutex::new(Found::new(Box::new(walk), 1, usize::MAX)));
    let why =
        tracing::dispatcher::with_default(&dispatch, || run(&shared, model)).map(|(why, _)| why);
    let left = matches!(&why, Some(Why::Panic(said)) if said == NO_SUCH_STEP);
    let mut found = lock(&shared);
    let took = std::mem::take(&mut found.choices);
    let came_out = std::mem::take(&mut found.ends).into_keys().next();
    let mut noted = taken();
    let stand = std::mem::take(&mut *stand.lock().unwrap_or_else(PoisonError::into_inner));
    // What comes after is the run being torn down.
    noted.truncate(stand.stopped.unwrap_or(usize::MAX));
    ((!left).then_some(Ended { why, came_out, took }), noted, stand)
}
