//! What cores share without being asked.

use std::sync::OnceLock;

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::litmus_harness::two_cores;
use thread_safety::real::false_sharing::{OneLine, OwnVariable, Round, TwoLines, in_turn, round};

/// How often each thread adds 1 in a round.
const TIMES: u32 = 300_000;

/// How many rounds there are of each variant; the median is shown.
const ROUNDS: usize = 5;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("false-sharing", "two counters in one cache line, and in two")
        .story(
            "A counter for each thread. Each figure is the median of 5 rounds, all measured in \
             turn; × says how many times longer one line took.",
        )
        .source("thread-safety/src/false_sharing.rs")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    [
        Variant::holds("one-line", || shown(measured()[0]))
            .story("Two counters in one cache line: each addition takes it from the other core."),
        Variant::holds("two-lines", || shown(measured()[1]))
            .story("Each counter has a cache line of its own, so no core waits for the other's."),
        Variant::holds("own-variable", || shown(measured()[2]))
            .story("Each thread counts in a variable of its own, and adds it up once in the end."),
    ]
}

/// Measures all three in turn, once: their figures are of the same minute, and can be compared.
fn measured() -> [Round; 3] {
    static MEASURED: OnceLock<[Round; 3]> = OnceLock::new();
    let contenders = [round::<OneLine>, round::<TwoLines>, round::<OwnVariable>];
    *MEASURED.get_or_init(|| in_turn(ROUNDS, TIMES, contenders))
}

/// Reports how long an addition takes, and how many times longer it does in one line.
fn shown(this: Round) -> Checked {
    let [one_line, ..] = measured();
    if this.sums != [u64::from(TIMES); 2] {
        return Err(format!("the counters show {:?}", this.sums));
    }
    let apart = format!("{:>3} bytes apart", this.distance);
    if !two_cores() {
        return Ok(Report::not_here(format!("{apart}; on one core no line is fought for")));
    }
    let ns = |round: Round| round.took.as_secs_f64() * 1e9 / f64::from(TIMES);
    let mut line = format!("{apart}, {:4.1} ns an addition", ns(this));
    if this != one_line {
        line += &format!("; one line: × {:.1}", ns(one_line) / ns(this));
    }
    Ok(Report::measured(line))
}
