//! The operations that are atomic in Python.

use stage::{Form, Lesson, Report, Shown};
use thread_safety::operations::{ALL, Operation, Plan};

/// What is asked of each operation.
const PLAN: Plan = Plan { threads: 4, calls: 2_000 };

pub(crate) fn operations() -> Lesson {
    let form = |operation: &'static Operation| {
        Form::holds(operation.name, || hammered(operation)).story(operation.story)
    };
    Lesson::new("thread-safety/src/operations/", ALL.iter().map(form))
}

fn hammered(operation: &Operation) -> Shown {
    let Operation { on, safe_by, checked, run, .. } = operation;
    run(PLAN)?;
    let Plan { threads, calls } = PLAN;
    Ok(Report::new(format!("{on:<15} {safe_by:<16} {threads}×{calls} {checked}")))
}
