//! What every lesson does with its approach: several threads ask at once, and what they got is
//! counted.

use std::collections::BTreeSet;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::lane::{finish, start};
use super::sync::Arc;
use super::{Built, Config, Singleton};

/// What came of a race.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaceResult {
    /// How many configs were built.
    pub built: usize,
    /// The number of the config that each thread was given.
    pub got: Vec<usize>,
}

impl RaceResult {
    /// Returns how many configs are in use.
    pub fn in_use(&self) -> usize {
        self.got.iter().collect::<BTreeSet<_>>().len()
    }
}

/// The constructor of configs in a race: it counts them, and takes as long as it is told, so that
/// the other threads come while it runs.
#[derive(Clone, Debug)]
pub struct Constructor {
    built: Arc<Built>,
    start: SyncPoint,
    building: SyncPoint,
}

/// How long a step lasts that is to be seen in its lane.
const VISIBLE: Duration = Duration::from_millis(10);

impl Constructor {
    /// Returns a constructor that takes no time: for a model checker, which tries every schedule.
    pub fn instant() -> Self {
        Self { built: Arc::default(), start: SyncPoint::none(), building: SyncPoint::none() }
    }

    /// Returns a constructor that takes until this number of `threads` are in it: for approaches
    /// that let all of them build.
    pub fn until_all_build(threads: usize) -> Self {
        let building = SyncPoint::of(threads).then_stay(VISIBLE);
        Self { start: SyncPoint::of(threads), building, ..Self::instant() }
    }

    /// As [`until_all_build`](Self::until_all_build), but for 20 ms at most: for approaches that
    /// let one thread build, which has to go on without the others.
    pub fn for_a_moment(threads: usize) -> Self {
        let building = SyncPoint::for_a_moment(threads).then_stay(VISIBLE);
        Self { building, ..Self::until_all_build(threads) }
    }

    /// Builds a config.
    pub fn build(&self) -> Config {
        let config = Config::build(&self.built);
        let _runs = info_span!("runs", what = format!("builds config {}", config.number()));
        self.building.meet();
        config
    }
}

/// Lets this number of `threads`, `t1` and so on, ask a fresh singleton at once.
pub fn race<S: Singleton>(threads: usize, constructor: &Constructor) -> RaceResult {
    let (singleton, build) = (S::fresh(), constructor.clone());
    race_for(threads, constructor, move || singleton.instance(|| build.build()).number())
}

/// Lets threads ask at once in any other way: `ask` returns the number of the config that it was
/// given. A panic of one of them is passed on.
pub fn race_for(
    threads: usize,
    constructor: &Constructor,
    ask: impl Fn() -> usize + Send + Sync + 'static,
) -> RaceResult {
    let one = Arc::new(ask);
    let ask = |number| {
        let (one, constructor) = (Arc::clone(&one), constructor.clone());
        start(format!("t{number}"), move || {
            constructor.start.meet();
            let waits = info_span!("waits", what = "the config");
            let config = one();
            drop(waits);
            let _runs = info_span!("runs", what = format!("has config {config}"));
            constructor.building.linger(VISIBLE);
            config
        })
    };
    let threads: Vec<_> = (1..=threads).map(ask).collect();
    let got = threads.into_iter().map(finish).collect();
    RaceResult { got, built: constructor.built.count() }
}
