//! `context-switch`: what it costs to go on with another thread.

use std::time::Duration;

use clap::value_parser;
use stage::{Lesson, Variant};
use threads_basics::baton::Baton;
use threads_basics::context_switch::{by_coroutines, by_processes, by_threads};

use super::{PACE, by_turns, on_cores, switched, with_children};

/// What the figures are of.
const WHAT: &str = "hand-over";

/// The turns of each thread that a picture shows.
const SHOWN: u64 = 3;

/// The turns of each thread that spins: each lasts for a time slice.
const SPUN: u64 = 5;

/// What `context-switch` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// The number of times that the baton is handed over and comes back, 10 to 100000
    #[arg(long, default_value_t = 5_000, value_parser = value_parser!(u32).range(10..=100_000))]
    turns: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("context-switch", "two threads on one core hand over to each other")
        .story("On one core, the other one has its turn only when the core goes on with it.")
        .source("threads-basics/src/{context_switch,baton}.rs")
        .variants_with(variants)
}

fn variants(&options: &Options) -> [Variant; 5] {
    let turns = u64::from(options.turns);
    [
        Variant::holds("threads", move || {
            on_cores(|[core]| {
                by_threads([core; 2], SHOWN, Baton::take, Some(PACE));
                switched(by_threads([core; 2], turns, Baton::take, None), WHAT)
            })
        })
        .story(
            "Each thread blocks until it has its turn (voluntary), unless the one that it wakes \
             preempts it before (involuntary).",
        ),
        Variant::breaks("spinning", || {
            on_cores(|[core]| {
                switched(by_threads([core; 2], SPUN, Baton::spin, Some(Duration::ZERO)), WHAT)
            })
        })
        .story(
            "Each thread spins until it has its turn, which cannot come before the kernel preempts \
             it: an involuntary switch.",
        ),
        Variant::holds("two-cores", move || {
            on_cores(|cores| Ok(by_turns(by_threads(cores, turns, Baton::take, None), WHAT)))
        })
        .story("Each thread has a core of its own, which has to be woken, and that takes longer."),
        Variant::holds("processes", move || {
            on_cores(|[core]| switched(with_children(|own| by_processes(own, core, turns))?, WHAT))
        })
        .story(
            "The same between two processes: the core goes on in another address space as well.",
        ),
        Variant::holds("coroutines", move || {
            on_cores(|[]| match by_coroutines(10 * turns) {
                handed if handed.switches.all() >= turns => Err(format!("{handed:?}")),
                handed => Ok(by_turns(handed, WHAT)),
            })
        })
        .story(
            "Two coroutines on one thread: a hand-over is a return and a call, no context switch.",
        ),
    ]
}
