//! One for each thread: no lock and no atomic, since no two threads ever see the same one.
//!
//! It is for what a thread may keep to itself: a buffer, a random number generator, a connection. It is no singleton: five threads
//! build five, each when it first asks, and each of them dies with its thread.

use std::cell::OnceCell;
use std::sync::Arc;

use thread_local::ThreadLocal;

use crate::real::race::{Building, Outcome, race_for};
use crate::{Config, Window};

/// Lets so many threads ask twice, for what std's `thread_local!` keeps. What it keeps is a static.
///
/// # Panics
/// If a thread was given two different ones.
pub fn in_a_static(threads: usize, window: Window) -> Outcome {
    thread_local!(static CONFIG: OnceCell<Config> = const { OnceCell::new() });
    let building = Building::new(window);
    let build = building.clone();
    // Only inside `with` is there a reference: it must not outlive the thread.
    let ask = move || CONFIG.with(|config| config.get_or_init(|| build.build()).number());
    race_for(threads, &building, twice(ask))
}

/// Lets so many threads ask twice, for what the crate `thread_local` keeps. What it keeps is a value like any other: it can be in
/// a struct, can be gone through by who has it alone, and its items live as long as it does, even if their threads have ended.
///
/// # Panics
/// If a thread was given two different ones.
pub fn in_a_value(threads: usize, window: Window) -> Outcome {
    let building = Building::new(window);
    let build = building.clone();
    let configs = Arc::new(ThreadLocal::new());
    let each = Arc::clone(&configs);
    let ask = move || each.get_or(|| build.build()).number();
    let outcome = race_for(threads, &building, twice(ask));
    assert_eq!(configs.iter().count(), outcome.built, "they are all there, though the threads are not");
    outcome
}

fn twice(ask: impl Fn() -> usize) -> impl Fn() -> usize {
    move || {
        let number = ask();
        assert_eq!(number, ask(), "a thread is given its own one again");
        number
    }
}
