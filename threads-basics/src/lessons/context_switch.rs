//! `context-switch`: what it costs to go on with another thread.

use std::time::Duration;

use clap::value_parser;
use stage::{Checked, Lesson, Report, Variant, grouped};
use threads_basics::baton::Baton;
use threads_basics::context_switch::{HandedOver, by_coroutines, by_processes, by_threads};
use threads_basics::cores::cores;

use super::{PACE, counted, counted_on_a_core, each, on_a_core, with_children};

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
            on_a_core(|core| {
                by_threads([core; 2], SHOWN, Baton::take, Some(PACE));
                on_one_core(by_threads([core; 2], turns, Baton::take, None))
            })
        })
        .story(
            "Each thread blocks until it has its turn (voluntary), unless the one that it wakes \
             preempts it before (involuntary).",
        ),
        Variant::breaks("spinning", || {
            on_a_core(|core| {
                on_one_core(by_threads([core; 2], SPUN, Baton::spin, Some(Duration::ZERO)))
            })
        })
        .story(
            "Each thread spins until it has its turn, which cannot come before the kernel preempts \
             it: an involuntary switch.",
        ),
        Variant::holds("two-cores", move || match cores()[..] {
            [one, other, ..] => Ok(report(by_threads([one, other], turns, Baton::take, None))),
            _ => Ok(Report::not_here("there are not two cores here to choose from")),
        })
        .story("Each thread has a core of its own, which has to be woken, and that takes longer."),
        Variant::holds("processes", move || {
            counted_on_a_core(|core| {
                on_one_core(with_children(|own| by_processes(own, core, turns))?)
            })
        })
        .story(
            "The same between two processes: the core goes on in another address space as well.",
        ),
        Variant::holds("coroutines", move || {
            let handed = by_coroutines(10 * turns);
            match handed.switches {
                Some(switches) if switches.all() >= turns => Err(format!("{handed:?}")),
                _ => Ok(report(handed)),
            }
        })
        .story(
            "Two coroutines on one thread: a hand-over is a return and a call, no context switch.",
        ),
    ]
}

/// Reports, if each hand-over took a context switch at least. The one after the last turn is not
/// counted.
fn on_one_core(handed: HandedOver) -> Checked {
    match handed.switches {
        Some(switches) if switches.all() < handed.times - 2 => {
            Err(format!("a hand-over without a context switch: {handed:?}"))
        }
        _ => Ok(report(handed)),
    }
}

fn report(HandedOver { times, took, switches }: HandedOver) -> Report {
    Report::measured(format!("{} a hand-over", each(took, times)))
        .fact(format!("{} hand-overs", grouped(times as i64)), counted(switches))
}
