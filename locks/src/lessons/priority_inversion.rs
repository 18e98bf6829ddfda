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
    .story(
        "The holder keeps its low priority, so medium preempts it while high waits for the lock.",
    );
    let inheritance = Variant::holds("inheritance", move || {
        let line =
            format!("high waits {REST} ticks: low, for which it waits, is as urgent as high");
        played(medium, Protocol::Inheritance, REST, line)
    })
    .story("The holder inherits the priority of the most urgent thread that waits for its lock.");
    let ceiling = Variant::holds("ceiling", move || {
        let line =
            format!("high waits {REST} ticks: the lock's holder is always as urgent as high");
        played(medium, Protocol::Ceiling, REST, line)
    })
    .story(
        "The holder has the lock's ceiling: the priority of the most urgent thread that may ever \
         want it.",
    );
    Vec::from([plain.within(limit), inheritance.within(limit), ceiling.within(limit)])
}
