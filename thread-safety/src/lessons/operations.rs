//! The operations that are atomic in Python.

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::history::Plan;
use thread_safety::operations::{ALL, Operation, OutOfDate, from_a_copy};

/// What is asked of each operation in each history.
const PLAN: Plan = Plan { threads: 3, calls: 4 };

pub(crate) fn lesson() -> Lesson {
    let title = "eleven operations that are atomic in Python, and what makes them safe here";
    Lesson::new("operations", title)
        .story(
            "Each row: the type, what makes it safe, what was checked: but for slice, that 100 \
             histories of 4 calls on each of 3 threads are linearizable.",
        )
        .python("eleven")
        .source("thread-safety/src/operations.rs")
        .variants(|| {
            let shown = |operation: &'static Operation| move || shown(operation);
            let safe = ALL.iter().map(|row| Variant::holds(row.name, shown(row)).story(row.story));
            let out_of_date = Variant::breaks("stale", out_of_date)
                .story("Reads a copy that is renewed later: right in the end, not linearizable.");
            safe.chain([out_of_date]).collect::<Vec<_>>()
        })
}

fn shown(operation: &Operation) -> Checked {
    let Operation { on, safe_by, checked, run, .. } = operation;
    run(PLAN)?;
    Ok(Report::new(format!("{on:<15} {safe_by:<16} {checked}")))
}

fn out_of_date() -> Checked {
    let right = OutOfDate { end: vec![1], seen: vec![], linearizable: false };
    stage::expect(from_a_copy(), right, "nothing lost, a read out of date: not linearizable")
}
