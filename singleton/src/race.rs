//! What every lesson does with its approach: several threads ask at once, and what they got is
//! counted.

use tracing::info_span;

use super::sync::Arc;
use super::{Built, Config, Singleton, Window, thread};

/// Says what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many configs were built.
    pub built: usize,
    /// The number of the config that each thread was given.
    pub got: Vec<usize>,
}

impl Outcome {
    /// Counts the configs that are in somebody's hands.
    pub fn in_use(&self) -> usize {
        let mut numbers = self.got.clone();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }
}

/// How configs are built in a race: counted, and through its window.
#[derive(Clone, Debug)]
pub struct Building {
    built: Arc<Built>,
    window: Window,
}

impl Building {
    /// Begins to count, at none.
    pub fn new(window: Window) -> Self {
        Self { built: Arc::new(Built::new()), window }
    }

    /// Builds a config, which takes as long as the window says.
    pub fn build(&self) -> Config {
        let config = Config::build(&self.built);
        let _runs = info_span!("runs", what = format!("builds config {}", config.number()));
        self.window.pause();
        self.window.work();
        config
    }
}

/// Lets so many threads, `t1` and so on, ask a fresh singleton at once.
///
/// # Panics
/// If one of them has panicked.
pub fn race<S: Singleton>(threads: usize, window: Window) -> Outcome {
    let (singleton, building) = (S::fresh(), Building::new(window));
    let build = building.clone();
    race_for(threads, &building, move || singleton.instance(|| build.build()).number())
}

/// Lets so many threads ask at once in any other way: `ask` returns the number of the config that
/// it was given.
///
/// # Panics
/// If one of them has panicked.
pub fn race_for(
    threads: usize,
    building: &Building,
    ask: impl Fn() -> usize + Send + Sync + 'static,
) -> Outcome {
    let ask = Arc::new(ask);
    let threads: Vec<_> = (1..=threads)
        .map(|number| {
            let (ask, window) = (Arc::clone(&ask), building.window.clone());
            let body = move || {
                window.start();
                let waits = info_span!("waits", what = "the config");
                let config = ask();
                drop(waits);
                let _runs = info_span!("runs", what = format!("has config {config}"));
                window.work();
                config
            };
            let thread = thread::Builder::new().name(format!("t{number}")).spawn(body);
            thread.expect("the system has room for another thread")
        })
        .collect();
    let got =
        threads.into_iter().map(|thread| thread.join().expect("nobody panics here")).collect();
    Outcome { built: building.built.count(), got }
}
