//! The lesson on what cores share without being asked.

use stage::{Form, Lesson, Report, Shown};
use thread_safety::machine::two_cores;
use thread_safety::real::false_sharing::one_line::OneLine;
use thread_safety::real::false_sharing::own::Own;
use thread_safety::real::false_sharing::two_lines::TwoLines;
use thread_safety::real::false_sharing::{Counters, Round, by_turns, round};

/// So often each thread adds 1 in a round.
const TIMES: u32 = 300_000;

/// So many rounds are played; the median is told.
const ROUNDS: usize = 5;

pub(crate) fn false_sharing() -> Lesson {
    Lesson::new(
        "thread-safety/src/false_sharing/",
        [
            Form::holds("one-line", || {
                let [one] = by_turns(ROUNDS, TIMES, [round::<OneLine>]);
                told(one, one)
            }),
            Form::holds("two-lines", measured::<TwoLines>),
            Form::holds("own-variable", measured::<Own>),
        ],
    )
}

/// Measures a contender, and the counters in one line by turns with it.
fn measured<C: Counters>() -> Shown {
    let [one, other] = by_turns(ROUNDS, TIMES, [round::<OneLine>, round::<C>]);
    told(one, other)
}

/// Says how long an addition takes, and how many times longer it does in one line.
fn told(one: Round, this: Round) -> Shown {
    if this.sums != [u64::from(TIMES); 2] {
        return Err(format!("the counters show {:?}", this.sums));
    }
    let ns = |round: Round| round.took.as_secs_f64() * 1e9 / f64::from(TIMES);
    let apart = format!("{:>3} bytes apart", this.apart);
    let ratio = if this == one { String::new() } else { format!("; one line: × {:.1}", ns(one) / ns(this)) };
    let line = if two_cores() {
        format!("{apart}, {:.1} ns an addition{ratio}", ns(this))
    } else {
        format!("{apart}; on one core no line is fought for")
    };
    Ok(Report::new(line))
}
