//! The lesson `peterson`: mutual exclusion by loads and stores alone, and what `SeqCst` is for.

use std::thread::available_parallelism;
use std::time::Duration;

use clap::value_parser;
use locks::model::exclusion_probe::Admission;
use locks::{model, real};
use stage::{Checked, Lesson, Report, Variant, expect, grouped};

use super::number_of;

/// The most rounds of the variant that breaks: it takes some hundred.
const MOST: u32 = 10_000_000;

/// Of that number of rounds, one is sure to be the one.
const CERTAIN: u32 = 100_000;

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Rounds of the variants that hold, 1 to 10000000; acquire-release goes on until it breaks,
    /// at most for 10000000
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000_000))]
    rounds: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("peterson", "two threads exclude each other with loads and stores alone")
        .story(
            "Each announces that it wants in, yields the turn, and looks. If its look overtakes \
             its announcement, both enter.",
        )
        .source("locks/src/peterson.rs")
        .mutants(super::weakened::peterson())
        .variants_with(variants)
}

fn explored<P: model::peterson::Orderings>(variant: Variant) -> Variant {
    use Admission::{InTurn, Neither, One};
    // Each looks once, and may be refused by the other's announcement.
    let right = [Neither, One, InTurn];
    variant.explored_for("2 threads", "", "admit two", right, || {
        model::peterson::one_round::<P>().admission()
    })
}

fn both_enter(time: Duration) -> Checked {
    let not_here = |why: &str| Ok(Report::not_here(format!("{why} (cargo test)")));
    if available_parallelism().is_ok_and(|cores| cores.get() == 1) {
        return not_here("needs two cores, and here is one; Loom finds it");
    }
    let seen = real::peterson::rounds::<real::peterson::AcquireRelease>(MOST, time);
    if !seen.both_inside && !cfg!(target_arch = "x86_64") {
        return not_here("not on this processor; Loom finds it all the same");
    }
    if !seen.both_inside && seen.played < CERTAIN {
        let (rounds, time) = (number_of(seen.played, "round"), time.as_secs());
        return not_here(&format!("busy: {rounds} in {time} s are too few; Loom finds it"));
    }
    let line = format!("both inside in round {}: 1 increment is lost", grouped(seen.played));
    expect((seen.both_inside, seen.entered - seen.value), (true, 1), line)
}

/// Plays rounds, and then adds, each for that time at the most: on a machine that is busy, the
/// numbers say how far they came.
fn never_both<P: real::peterson::Orderings>(most: u32, time: Duration) -> Checked {
    let seen = real::peterson::rounds::<P>(most, time);
    expect(
        (seen.both_inside, seen.value),
        (false, seen.entered),
        "both are never inside, and each that enters adds 1",
    )?;
    let [additions, value] = real::peterson::count::<P>(most, time);
    let rounds = number_of(seen.played, "round");
    let [all, made] = [additions, value].map(grouped);
    let line = format!("{rounds}: never both; {all} additions make {made}");
    let report = expect(value, additions, line)?;
    Ok(if (seen.played, additions) == (most, 2 * most) {
        report
    } else {
        let time = time.as_secs_f64();
        let most = grouped(most);
        report.fact("busy", format!("{most} and 2 × {most} take more than {time:.0} s each here"))
    })
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::peterson::{Exchange, SequentiallyConsistent};
    let most = options.rounds;
    let time = Duration::from_secs(6) + Duration::from_micros(20) * most;
    // Twice that is played, and its threads have to be started and to come to an end.
    let limit = Duration::from_secs(60) + 2 * time;
    let acquire_release = Variant::breaks("acquire-release", move || both_enter(limit / 2))
        .story("With Acquire and Release, a load may overtake an earlier store: both enter.");
    let seq_cst =
        Variant::holds("seq-cst", move || never_both::<SequentiallyConsistent>(most, time))
            .story("SeqCst is one order of all accesses, in which one sees the other's flag.");
    let exchange = Variant::holds("exchange", move || never_both::<Exchange>(most, time))
        .story("An exchange of the turn reads the latest value, and so sees the other's flag.");
    Vec::from([
        acquire_release.within(limit),
        explored::<model::peterson::SequentiallyConsistent>(seq_cst).within(limit),
        explored::<model::peterson::Exchange>(exchange).within(limit),
    ])
}
