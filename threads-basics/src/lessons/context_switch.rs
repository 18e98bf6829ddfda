//! `context-switch`: what it costs to go on with another thread.

use std::time::Duration;

use stage::{Lesson, Variant};
use threads_basics::PACE;
use threads_basics::baton::Baton;
use threads_basics::context_switch::{by_coroutines, by_processes, by_threads};

use super::{by_turns, on_cores, switched, with_children};

/// What the figures are of.
const WHAT: &str = "hand-over";

/// The turns of each thread; those of threads on two cores, each of which lasts for a time slice if
/// another program wants these cores; those that a picture shows; and those of a thread that spins,
/// which last for a time slice always.
const TURNS: u64 = 5_000;
const ON_TWO: u64 = 500;
const SHOWN: u64 = 3;
const SPUN: u64 = 5;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("context-switch", "two threads on one core hand over to each other")
        .story("On one core, the other thread has its turn only after a context switch.")
        .source("threads-basics/src/{context_switch,baton}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::holds("threads", || {
            on_cores(|[core]| {
                by_threads([core; 2], SHOWN, Baton::take, Some(PACE));
                switched(by_threads([core; 2], TURNS, Baton::take, None), WHAT)
            })
        })
        .story("Each thread blocks until its turn (voluntary), or is preempted (involuntary)."),
        Variant::breaks("spinning", || {
            on_cores(|[core]| {
                switched(by_threads([core; 2], SPUN, Baton::spin, Some(Duration::ZERO)), WHAT)
            })
        })
        .story("Each thread spins until the kernel preempts it: an involuntary context switch."),
        Variant::holds("two-cores", || {
            on_cores(|cores| Ok(by_turns(by_threads(cores, ON_TWO, Baton::take, None), WHAT)))
        })
        .story("Each thread has a core of its own, which has to be woken, and that takes longer."),
        Variant::holds("processes", || {
            on_cores(|[core]| switched(with_children(|own| by_processes(own, core, TURNS))?, WHAT))
        })
        .story("The same between two processes: the core changes its address space as well."),
        Variant::holds("coroutines", || {
            on_cores(|[]| match by_coroutines(10 * TURNS) {
                handed if handed.switches.all() >= TURNS => Err(format!("{handed:?}")),
                handed => Ok(by_turns(handed, WHAT)),
            })
        })
        .story("Two coroutines on one thread: a hand-over is a return and a call, no switch."),
    ]
}
