use std::time::Duration;

use coroutines::on_tokio::select_order::{a_first, at_random, by_turns, stop_first};
use coroutines::tokio_runtime::block_on;
use coroutines::{executor, on_ours::select_order as ours};
use stage::{Checked, Lesson, Report, Variant};

/// More than a task's budget of 128 operations: that it yields then helps nobody here.
const ROUNDS: usize = 200;
/// By luck, one of two random branches has fewer in one of 10^45 runs.
const SHARE: usize = ROUNDS / 20;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("select-order", "two branches of a select! are ready: which one has its turn?")
        .story(
            "A loop takes a message from queue a or from queue b, in each of which 200 wait, for \
             200 rounds.",
        )
        .source("coroutines/src/select_order.rs")
        .python("select_order")
        .variants(variants)
}

/// Reports the turns, if those of each queue are as `wanted`.
fn shared(turns: &str, wanted: impl Fn(usize, usize) -> bool, line: &str) -> Checked {
    let [a, b] = ['a', 'b'].map(|name| turns.matches(name).count());
    if a + b != ROUNDS || !wanted(a, b) {
        return Err(format!("a had {a} turns and b {b}: {turns}"));
    }
    let first = turns.get(..30).unwrap_or(turns);
    Ok(Report::new(format!("a had {a} turns, b {b}: {line}")).fact("first", format!("{first} …")))
}

fn variants() -> [Variant; 5] {
    const PACE: Duration = Duration::from_micros(200);
    let fair = |a, b| a >= SHARE && b >= SHARE;
    [
        Variant::breaks("a-first", || {
            let line = "b starves, polled in no round";
            shared(&block_on(a_first(ROUNDS, PACE)), |_, b| b == 0, line)
        })
        .story("`biased` polls from top to bottom, and the upper branch is always ready."),
        Variant::holds("at-random", move || {
            shared(&block_on(at_random(ROUNDS, PACE)), fair, "neither starves")
        })
        .story("Without `biased`, tokio's `select!` begins at a random branch in each round."),
        Variant::holds("by-turns", || {
            let line = "each half";
            shared(&block_on(by_turns(ROUNDS, PACE)), |a, b| a == b, line)
        })
        .story("`biased`, but the order is reversed by hand after each round."),
        Variant::holds("stop-first", || {
            let turns = block_on(stop_first(ROUNDS, PACE));
            shared(&turns, |_, b| b == 1 && turns.starts_with('b'), "b at once, and a the rest")
        })
        .story("`biased` where it is right: the upper branch is urgent, and seldom ready."),
        Variant::holds("on-ours", move || {
            let [a_first, at_random, by_turns, stop_first] = executor::block_on(async {
                [
                    ours::a_first(ROUNDS, Duration::ZERO).await,
                    ours::at_random(ROUNDS, Duration::ZERO).await,
                    ours::by_turns(ROUNDS, Duration::ZERO).await,
                    ours::stop_first(ROUNDS, Duration::ZERO).await,
                ]
            });
            shared(&a_first, |_, b| b == 0, "")?;
            shared(&at_random, fair, "")?;
            shared(&stop_first, |_, b| b == 1 && stop_first.starts_with('b'), "")?;
            shared(&by_turns, |a, b| a == b, "our executor, the same")
        })
        .story("The same on our executor: the order is the macro's."),
    ]
}
