//! One for each thread: no lock and no atomic, since no two threads see the same one at the same
//! time.
//!
//! It is for what a thread may keep to itself: a buffer, a random number generator, a connection.
//! It is no singleton: five threads build five, each when it first asks.
//!
//! What std's `thread_local!` keeps is dropped when its thread ends. What the crate `thread_local`
//! keeps stays: a thread that starts after another has ended may be given that one's value, as it was
//! left. So nothing that identifies a thread, or must be empty at its start, may stand in it.

use std::cell::OnceCell;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use kit::real::lane::{finish, start};
use thread_local::ThreadLocal;
use tracing::info_span;

use crate::real::race::{Constructor, RaceResult, race_for};
use crate::{Built, Config};

/// Lets this number of `threads` ask twice, for what std's `thread_local!` keeps, in a static.
pub fn in_a_static(threads: usize, constructor: &Constructor) -> RaceResult {
    thread_local!(static CONFIG: OnceCell<Config> = const { OnceCell::new() });
    let build = constructor.clone();
    // Only inside `with` is there a reference: it must not outlive the thread.
    let ask = move || CONFIG.with(|config| config.get_or_init(|| build.build()).number());
    race_for(threads, constructor, twice(ask))
}

/// Lets this number of `threads` ask twice, for what the crate `thread_local` keeps, in a value
/// like any other: its items live as long as it does, even if their threads have ended.
pub fn in_a_value(threads: usize, constructor: &Constructor) -> RaceResult {
    let (build, configs) = (constructor.clone(), Arc::new(ThreadLocal::new()));
    let each = Arc::clone(&configs);
    let ask = move || each.get_or(|| build.build()).number();
    let result = race_for(threads, constructor, twice(ask));
    assert_eq!(configs.iter().count(), result.built, "they outlive their threads");
    result
}

/// Starts threads one after the other, each of which asks for what the crate `thread_local` keeps,
/// until one is given what a thread that has ended has left. Returns how many threads that took, as
/// a rule two; `None` if not even the last of `most` threads was given such a one.
///
/// The crate gives each thread the lowest number that is free. In a process whose other threads end
/// meanwhile, a second thread may have another number than the first one had.
pub fn in_turn(most: usize) -> Option<usize> {
    let built = Arc::new(Built::new());
    let configs = Arc::new(ThreadLocal::new());
    (1..=most).find(|&number| {
        let (configs, built) = (Arc::clone(&configs), Arc::clone(&built));
        let ask = move || {
            let config = configs.get_or(|| Config::build(&built)).number();
            let _runs = info_span!("runs", what = format!("has config {config}"));
            thread::sleep(Duration::from_millis(5));
            config
        };
        // Joined, and not in a scope: its number is free when its thread-locals are gone.
        finish(start(format!("t{number}"), ask)) < number
    })
}

fn twice(ask: impl Fn() -> usize) -> impl Fn() -> usize {
    move || {
        let number = ask();
        assert_eq!(number, ask(), "a thread is given its own one again");
        number
    }
}
