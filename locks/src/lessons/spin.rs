//! The lesson `spin`: why test and set has to be one atomic step.

use std::time::Duration;

use clap::value_parser;
use locks::real::exclusion_probe::Entries;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::exclusion;

const PACE: Duration = Duration::from_millis(1);

/// The options of `spin`.
#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Increments of each of two threads at full speed, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000_000))]
    increments: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("spin", "a lock that is waited for by spinning")
        .story(
            "A thread that finds it taken looks again and again, with exponential back-off. A \
             thread that finds it free acquires it: in two steps both enter, in one step one does.",
        )
        .source("locks/src/{spin,primitives/spin}.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::spin::{count, one_step, two_steps, waited};
    const TURNS: u32 = 3;
    let times = options.increments;
    let two_steps = Variant::breaks("two-steps", || {
        let both = Entries { entered: 2, most_inside: 2, value: 1 };
        let line = "both find it free, both acquire it: an increment is lost";
        expect(two_steps(3 * PACE), both, line)
    })
    .story("Tests the flag and sets it in two steps, so both threads enter the critical section.");
    let one_step = Variant::holds("one-step", move || {
        let tried = one_step(PACE);
        expect((tried.most_inside, tried.value), (1, tried.entered), "")?;
        let all = Entries { entered: 2 * TURNS, most_inside: 1, value: 2 * TURNS };
        expect(waited(TURNS, PACE), all, "")?;
        let line = format!("2 × {times} increments of a plain value make {}", 2 * times);
        expect(count(times), 2 * times, line)
    })
    .story("Tests and sets the flag by one compare-and-swap, which one of the two threads wins.")
    // Far more than it takes, even where one core is all there is.
    .within(Duration::from_secs(30) + Duration::from_micros(20) * times);
    Vec::from([
        exclusion(two_steps, model::spin::two_steps),
        exclusion(one_step, model::spin::one_step),
    ])
}
