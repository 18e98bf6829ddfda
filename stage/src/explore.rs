//! Every schedule of a lesson: its modelled form under Shuttle, depth first.
//!
//! Shuttle runs the threads of a model as coroutines on one thread and asks a scheduler who is next
//! wherever they could affect each other. It takes every atomic operation as `SeqCst`: what rests on
//! weaker orderings is Loom's to check, not this module's.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, Once, PoisonError};

use shuttle::scheduler::{DfsScheduler, RandomScheduler};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};
use tracing_subscriber::layer::SubscriberExt;

use self::scheduler::{Found, Given, Kept, NO_SUCH_STEP, lock};
pub use self::steps::Step;
use self::steps::{Steps, steps};
use crate::record::Recorder;

mod scheduler;
mod steps;

/// Sets how far to go.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// So many schedules are tried depth first; a space that is larger is bounded by preemptions and sampled.
    pub schedules: usize,
    /// Then every schedule is tried in which threads that could go on are interrupted so many times at the most.
    pub preemptions: usize,
    /// And so many are drawn at random.
    pub random: usize,
    /// They are drawn from this seed.
    pub seed: u64,
}

impl Default for Bound {
    fn default() -> Self {
        Self { schedules: 20_000, preemptions: 2, random: 2_000, seed: 1 }
    }
}

/// Counts schedules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// So many were run.
    pub run: usize,
    /// So many of them failed.
    pub failed: usize,
    /// So many went on after 150 choices, and were cut off.
    pub cut: usize,
    /// Whether these were all of their kind.
    pub all: bool,
}

/// Holds what the exploration found.
#[derive(Clone, Debug)]
pub struct Explored {
    /// All schedules, depth first, as far as the bound lets.
    pub depth_first: Count,
    /// Where these were not all: the schedules of few preemptions, and some at random.
    pub beyond: Option<(Count, Count)>,
    /// The failing schedule of the fewest choices.
    pub shortest: Option<Failing>,
}

impl Explored {
    /// Tells whether every schedule was run.
    pub fn exhaustive(&self) -> bool {
        self.depth_first.all
    }

    /// Counts the schedules that failed.
    pub fn failed(&self) -> usize {
        self.depth_first.failed + self.beyond.map_or(0, |(few, random)| few.failed + random.failed)
    }
}

/// Holds a schedule that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// What the model checker or the lesson's own assertion said.
    pub why: String,
    /// What was done, by whom, in which order.
    pub steps: Vec<Step>,
    /// The choices that lead there, a digit (to base 36) each, for [`replay`].
    pub schedule: String,
}

/// A lesson in its modelled form. It fails by deadlock or by panic.
pub type Model = Arc<dyn Fn() + Send + Sync>;

/// Makes a model of a function; what it returns does not matter.
pub fn model<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Model {
    Arc::new(move || {
        let _ = run();
    })
}

/// Runs `model` under every schedule, up to the bound.
///
/// A mended form may have no end of schedules: two threads that give way to each other can go on doing so. A
/// schedule of more than 150 choices is cut off, and counted as such. Few preemptions find most
/// faults (Musuvathi and Qadeer, "Iterative context bounding", 2007), and there are few such schedules.
pub fn explore(bound: &Bound, model: &Model) -> Explored {
    let depth_first = || Box::new(DfsScheduler::new(Some(bound.schedules + 1), false));
    let mut all = run_all(Found::new(depth_first()), bound.schedules, model);
    let depth_first_count = all.count();
    let beyond = (!all.exhausted).then(|| {
        let few = Found { preemptions: Some(bound.preemptions), ..Found::new(depth_first()) };
        let few = run_all(few, bound.schedules, model);
        let random = Box::new(RandomScheduler::new_from_seed(bound.seed, bound.random));
        let random = run_all(Found::new(random), bound.random, model);
        let counts = (few.count(), Count { all: false, ..random.count() });
        let failing = all.shortest.take().into_iter().chain(few.shortest).chain(random.shortest);
        all.shortest = failing.min_by_key(String::len);
        counts
    });
    // Steps cost more than the schedule itself: they are noted for one schedule only, in a run of its own.
    let shortest = all.shortest.and_then(|schedule| {
        let (steps, why) = replay(&schedule, model).ok()?;
        Some(Failing { why: why?, steps, schedule })
    });
    Explored { depth_first: depth_first_count, beyond, shortest }
}

/// Runs `model` once, under a schedule that [`explore`] gave; returns the steps, and how it failed if it did.
///
/// # Errors
/// The schedule is not one of this model's.
pub fn replay(schedule: &str, model: &Model) -> Result<(Vec<Step>, Option<String>), String> {
    let choices: Option<Vec<_>> = schedule.chars().map(|digit| digit.to_digit(36)).collect();
    let choices = choices.ok_or("a schedule is written in the digits 0 to 9 and the letters a to z")?;
    let shared = Arc::new(Mutex::new(Found::new(Box::new(Given::new(choices)))));
    let records = Arc::new(Mutex::new(Vec::new()));
    let subscriber = tracing_subscriber::registry().with(Recorder::new(Steps::new(&records)));
    let why = tracing::subscriber::with_default(subscriber, || run(&shared, model));
    if why.as_ref().is_some_and(|why| why.contains(NO_SUCH_STEP)) {
        return Err("that schedule is not one of this form's".into());
    }
    let records = std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((steps(&records, why.is_some()), why))
}

/// Runs `most` schedules at the most. It goes on after each failure, which ends Shuttle's run but not the
/// scheduler behind it.
fn run_all(found: Found, most: usize, model: &Model) -> Found {
    let shared = Arc::new(Mutex::new(found));
    while run(&shared, model).is_some() {
        let mut found = lock(&shared);
        if found.started > most {
            break;
        }
        found.failed += 1;
        if found.shortest.as_ref().is_none_or(|shortest| found.choices.len() < shortest.len()) {
            found.shortest = Some(found.choices.clone());
        }
    }
    let mut found =
        std::mem::replace(&mut *lock(&shared), Found::new(Box::new(DfsScheduler::new(Some(0), false))));
    // One schedule more than wanted was asked for, to see whether there is one.
    found.exhausted = found.started <= most;
    found.started = found.started.min(most);
    found
}

/// Runs schedules until one fails, and says how; `None` when there are no more.
fn run(shared: &Arc<Mutex<Found>>, model: &Model) -> Option<String> {
    keep_quiet_while_exploring();
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.max_steps = MaxSteps::None;
    config.silence_warnings = true;
    let runner = Runner::new(Kept(Arc::clone(shared)), config);
    let model = Arc::clone(model);
    EXPLORING.set(true);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| runner.run(move || model())));
    EXPLORING.set(false);
    let payload = ended.err()?;
    let text = payload.downcast_ref::<String>().cloned();
    Some(text.or_else(|| payload.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default())
}

thread_local!(static EXPLORING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });

/// A failing schedule is a result here, not news: its panic is not printed.
fn keep_quiet_while_exploring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        // Shuttle puts a hook of its own over the one it finds, once. It gets its chance now.
        let mut config = Config::new();
        config.silence_warnings = true;
        Runner::new(DfsScheduler::new(Some(1), false), config).run(|| ());
        panic::set_hook(Box::new(move |info| {
            if !EXPLORING.get() {
                before(info);
            }
        }));
    });
}
