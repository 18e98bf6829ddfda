//! The operations that are atomic in Python.

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::operations::{ALL, Operation, Plan, explained, from_a_copy};

/// What is asked of each operation.
const PLAN: Plan = Plan { threads: 4, calls: 2_000 };

pub(crate) fn lesson() -> Lesson {
    let title = "eleven operations that are atomic in Python, and what makes them safe here";
    Lesson::new("operations", title)
        .story(
            "Each row: the type, what makes it safe, threads × calls on each, what was checked of \
             them; of all but slice, 20 short histories are linearizable.",
        )
        .python("eleven")
        .source("thread-safety/src/operations.rs")
        .variants(|| {
            let shown = |operation: &'static Operation| move || shown(operation);
            let safe = ALL.iter().map(|row| Variant::holds(row.name, shown(row)).story(row.story));
            let out_of_date = Variant::breaks("stale", out_of_date).story(
                "Reads a copy that is renewed later: the end is right, and the history is not \
                 linearizable.",
            );
            safe.chain([out_of_date]).collect::<Vec<_>>()
        })
}

fn shown(operation: &Operation) -> Checked {
    let Operation { on, safe_by, checked, run, .. } = operation;
    run(PLAN)?;
    let Plan { threads, calls } = PLAN;
    Ok(Report::new(format!("{on:<15} {safe_by:<16} {threads}×{calls} {checked}")))
}

fn out_of_date() -> Checked {
    let (end, history) = from_a_copy();
    let seen = (end, history[1].result.clone(), explained(&history));
    let line = "nothing lost, a read out of date: not linearizable";
    stage::expect(seen, (vec![1], vec![], false), line)
}
