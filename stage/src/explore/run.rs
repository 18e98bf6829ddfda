//! Shuttle's runs: one after the other, each failure counted and gone on from.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, Once, OnceLock};

use shuttle::scheduler::DfsScheduler;
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};
use tracing_subscriber::layer::SubscriberExt;

use super::scheduler::{Found, Kept, lock};
use super::steps::Steps;
use super::{Model, Why};
use crate::record::Recorder;

/// Runs all schedules that the search has. It goes on after each failure, which ends Shuttle's run
/// but not the scheduler behind it.
pub(super) fn run_all(found: Found, model: &Model) -> Found {
    let shared = Arc::new(Mutex::new(found));
    while let Some((why, left)) = run(&shared, model) {
        lock(&shared).failed(&why, left);
    }
    let done = Found::new(Box::new(DfsScheduler::new(Some(0), false)), 0, 0);
    std::mem::replace(&mut *lock(&shared), done)
}

/// Runs schedules until one fails, and returns how, and whether it left tasks that could have gone
/// on; `None` when there are no more.
pub(super) fn run(shared: &Arc<Mutex<Found>>, model: &Model) -> Option<(Why, bool)> {
    keep_quiet_while_exploring();
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.max_steps = MaxSteps::None;
    config.silence_warnings = true;
    let runner = Runner::new(Kept(Arc::clone(shared)), config);
    let (model, found) = (Arc::clone(model), Arc::clone(shared));
    EXPLORING.set(true);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| {
        runner.run(move || {
            let out = model();
            lock(&found).came_out(out.text, out.wrong.is_some());
            assert!(out.wrong.is_none(), "{}", out.wrong.unwrap_or_default());
        });
    }));
    EXPLORING.set(false);
    let payload = ended.err()?;
    let said = payload.downcast_ref::<String>().map(String::as_str);
    let said = said
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    // This is how Shuttle says it, of all threads and of a lock that its own holder asks for.
    let deadlocked = said.starts_with("deadlock!");
    let left = !deadlocked || said.contains("already holds");
    Some((if deadlocked { Why::Deadlock } else { Why::Panic(said.to_owned()) }, left))
}

/// Keeps tracing from taking a span for one that nobody wants. It asks the subscribers that are
/// alive when a span's place in the code is first reached, and remembers a no; in a test binary,
/// that may be while this thread's subscriber is being made, or before. One that is never dropped
/// and wants to be asked each time keeps the answer open.
pub(super) fn keep_callsites_open() {
    static ALWAYS_ASKED: OnceLock<tracing::Dispatch> = OnceLock::new();
    ALWAYS_ASKED.get_or_init(|| {
        let records = Arc::new(Mutex::new(Vec::new()));
        tracing::Dispatch::new(
            tracing_subscriber::registry().with(Recorder::new(Steps::new(&records))),
        )
    });
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
