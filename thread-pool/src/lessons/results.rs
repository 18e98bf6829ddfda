//! The lesson `results`.

use stage::{Checked, Lesson, Variant, expect};
use thread_pool::BuildError;
use thread_pool::results::{Collected, as_completed, awaited, in_order, map, one_at_a_time};

use super::text::{line, time};

const TASKS: u64 = 50;
const WORKERS: usize = 10;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("results", "fifty results, one at a time, in order, or as they are completed")
        .story("Ten workers. To ask for each result right after its submit leaves nine idle.")
        .source("thread-pool/src/results.rs")
        .python("results")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    let all = |name, run: fn(u64, usize) -> Result<Collected, BuildError>, how: &'static str| {
        let said = format!("{WORKERS} running at once, {how}");
        Variant::holds(name, move || {
            checked(run(TASKS, WORKERS), (1..=TASKS).collect(), WORKERS, &said)
        })
    };
    [
        Variant::breaks("one-at-a-time", || {
            let said = "never more than 1 task running";
            checked(one_at_a_time(TASKS, WORKERS), (1..=TASKS).collect(), 1, said)
        })
        .story("Waits for each result before it submits the next task: nine workers stay idle."),
        all("in-order", in_order, "in the order of submission")
            .story("Submits all tasks first; takes the results in the order of submission."),
        all("map", map, "in the order of the inputs")
            .story("`map` submits a task for each input; results come in the inputs' order."),
        all("awaited", awaited, "and an async thread went on")
            .story("The handles are futures: while one task awaits them, its thread runs others."),
        Variant::holds("as-completed", || {
            let said = "they ended last to first, and came so";
            let last_first = (1..=WORKERS as u64).rev().collect();
            checked(as_completed(WORKERS), last_first, WORKERS, said)
        })
        .story("`as_completed` returns each result as its task ends, whatever the order."),
    ]
}

/// Reports, if the results are the squares of these numbers, in this order, and at most `most` tasks
/// ran at once.
fn checked(
    collected: Result<Collected, BuildError>,
    numbers: Vec<u64>,
    most: usize,
    said: &str,
) -> Checked {
    let collected = collected.map_err(line)?;
    let squares: Vec<_> = numbers.into_iter().map(|number| number * number).collect();
    let said = format!("{said}: {}", time(collected.took));
    expect((&collected.results, collected.most_at_once), (&squares, most), said)
}
