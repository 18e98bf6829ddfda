//! The lesson `barrier`: rounds in step, and what makes a barrier reusable.

use std::time::Duration;

use clap::value_parser;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::number_of;

const PACE: Duration = Duration::from_millis(4);

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Rounds of three threads at full speed, 1 to 100000
    #[arg(long, value_name = "N", default_value_t = 200)]
    #[arg(value_parser = value_parser!(u32).range(1..=100_000))]
    rounds: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("barrier", "rounds in step")
        .story(
            "t1 and t2 begin a round when both have ended the last one. t2 opens the barrier, \
             and arrives again before t1 has looked.",
        )
        .source("locks/src/{barrier,primitives/barrier}.rs")
        .python("barrier")
        .variants_with(variants)
}

fn explored(variant: Variant, run: fn(Duration) -> bool) -> Variant {
    variant.explored("2 threads", "deadlock", move || assert!(run(Duration::ZERO), "out of step"))
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::barrier::{Rounds, counter_alone, looks_first, round_number};
    let rounds = options.rounds;
    let alone = Variant::deadlocks("counter-alone", || counter_alone(PACE))
        .story("Counts no rounds: t2's next arrival hides from t1 that the last round is over.");
    let numbered = Variant::holds("round-number", || {
        expect(round_number(PACE), true, "t1 looks late, and finds that the round has changed")
    })
    .story("Waits until the round's number has changed, which no next arrival undoes.");
    let looks = Variant::holds("looks-first", move || {
        let line =
            format!("3 threads in step for {}, each with one leader", number_of(rounds, "round"));
        expect(looks_first(3, rounds), Rounds { out_of_step: 0, led: rounds }, line)
    })
    .story("Spins for a moment before it sleeps, and counts rounds as well.")
    .within(Duration::from_secs(30) + Duration::from_millis(2) * rounds);
    Vec::from([
        explored(alone, model::barrier::counter_alone),
        explored(numbered, model::barrier::round_number),
        looks.explored("2 threads", "look too early", || {
            let seen = model::barrier::looks_first(2, 1);
            assert!(seen.out_of_step == 0 && seen.led == 1, "{seen:?}");
        }),
    ])
}
