//! The operations that are atomic in Python.

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::operations::{ALL, Operation, Plan};

/// What is asked of each operation.
const PLAN: Plan = Plan { threads: 4, calls: 2_000 };

pub(crate) fn lesson() -> Lesson {
    let title = "eleven operations that are atomic in Python, and what makes them safe here";
    Lesson::new("operations", title)
        .story(
            "Each row: the type, what makes it safe, threads × calls on each, what was checked of \
             them.",
        )
        .source("thread-safety/src/operations.rs")
        .variants(|| {
            let shown = |operation: &'static Operation| move || shown(operation);
            ALL.iter().map(move |row| Variant::holds(row.name, shown(row)).story(row.story))
        })
}

fn shown(operation: &Operation) -> Checked {
    let Operation { on, safe_by, checked, run, .. } = operation;
    run(PLAN)?;
    let Plan { threads, calls } = PLAN;
    Ok(Report::new(format!("{on:<15} {safe_by:<16} {threads}×{calls} {checked}")))
}
