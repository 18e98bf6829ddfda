//! The lesson `fairness`: how often each of four threads acquires a lock that all want.

use std::iter::{repeat_n, zip};
use std::time::Duration;

use clap::value_parser;
use locks::fairness::{KINDS, Turns};
use stage::{Lesson, Report, Variant, expect};

/// The options of `fairness`.
#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Time for which the threads contend for each kind of lock, in ms, 1 to 10000
    #[arg(long, value_name = "MS", default_value_t = 50)]
    #[arg(value_parser = value_parser!(u64).range(1..=10_000))]
    time: u64,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fairness", "four threads contend for one lock: how often does each acquire it?")
        .story(
            "A bar is shared out among t1 █, t2 ▒, t3 ▄, t4 ·. J is Jain's index: 1 if all get \
             the same, 0.25 if one gets all. The run is the longest series of turns of one thread \
             while all the others wanted the lock. Luck, where nothing is promised.",
        )
        .source("locks/src/fairness.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> Vec<Variant> {
    let time = Duration::from_millis(options.time);
    let variant = |kind: &'static locks::fairness::Kind| {
        Variant::holds(kind.name, move || {
            let turns = (kind.contend)(time);
            // No two were inside at once, or a turn would be missing. The share of each is
            // measured, and promised by no lock.
            expect(turns.total, turns.of_each.iter().sum(), "")?;
            let report = Report::measured(histogram(&turns));
            Ok(kind
                .promises
                .into_iter()
                .fold(report, |report, promise| report.fact("promises", promise)))
        })
        .within(Duration::from_secs(30) + time)
        .story(kind.story)
    };
    KINDS.iter().map(variant).collect()
}

/// Draws a bar that is shared out as the turns are.
fn histogram(turns: &Turns) -> String {
    const WIDTH: f64 = 16.0;
    let shares = turns.shares();
    let mut bar = String::new();
    let mut sum = 0.0;
    for (sign, share) in zip("█▒▄·".chars(), shares) {
        sum += share;
        // Up to the sum: rounded shares would not add up.
        let end = (WIDTH * sum / 100.0).round() as usize;
        bar.extend(repeat_n(sign, end - bar.chars().count()));
    }
    let shares = shares.map(|share| format!("{share:3.0}")).join(" ");
    format!("{bar} {shares} %  J {:.2}  run {:>6}", turns.index(), turns.longest)
}
