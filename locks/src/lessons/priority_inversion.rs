//! The lesson `priority-inversion`: the most urgent task waits for the middle one.

use std::time::Duration;

use clap::value_parser;
use locks::priority_inversion::{Doing, Protocol, simulate, story};
use stage::{Checked, Lesson, Variant, expect};

const TICK: Duration = Duration::from_millis(3);

/// What is left of low's critical section when high comes to the lock, in ticks.
const REST: usize = 3;
/// What high has to do itself, in ticks.
const HIGH: usize = 4;

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Ticks for which medium works, 1 to 200
    #[arg(long, value_name = "TICKS", default_value_t = 12)]
    #[arg(value_parser = value_parser!(u32).range(1..=200))]
    medium: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("priority-inversion", "the most urgent task waits for the middle one")
        .story(
            "Low holds the lock, high waits for it; medium wants no lock, and preempts low. \
             Simulated in ticks, on one processor: for real, it takes an administrator's rights.",
        )
        .source("locks/src/priority_inversion.rs")
        .variants_with(variants)
}

/// Plays the story under a protocol; high has to be kept waiting for `late` ticks.
fn played(medium: u32, protocol: Protocol, late: usize, line: String) -> Checked {
    let timeline = simulate(&story(medium), protocol);
    timeline.play(TICK);
    let waited = timeline.ticks("high", Doing::Waits) + timeline.ticks("high", Doing::Ready);
    expect((waited, timeline.done("high")), (late, 2 + late + HIGH), line)
}

fn variants(options: &Options) -> Vec<Variant> {
    let medium = options.medium;
    let limit = Duration::from_secs(30) + 4 * TICK * medium;
    let plain = Variant::breaks("plain", move || {
        let late = medium as usize + REST;
        let line = format!("high waits {late} ticks of 3 ms, {medium} of them for medium");
        played(medium, Protocol::Plain, late, line)
    })
    .story("The holder keeps its low priority: medium preempts it while high waits.");
    let holds = |name, protocol, why| {
        let line = move || format!("high waits {REST} ticks: {why} as urgent as high");
        Variant::holds(name, move || played(medium, protocol, REST, line()))
    };
    let why = "low, for which it waits, is";
    let inheritance = holds("inheritance", Protocol::Inheritance, why)
        .story("The holder inherits the priority of the most urgent thread that waits.");
    let ceiling = holds("ceiling", Protocol::Ceiling, "the lock's holder is always")
        .story("The holder has the priority of the most urgent thread that may want the lock.");
    Vec::from([plain.within(limit), inheritance.within(limit), ceiling.within(limit)])
}
