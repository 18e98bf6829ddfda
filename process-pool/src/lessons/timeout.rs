//! The lesson `timeout`.

use process_pool::Error;
use process_pool::timeout::{LIMIT, TimeoutOutcome, run};
use stage::{Checked, Lesson, Report, Variant, expect};

use super::observe;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("timeout", "a task that hangs, and one behind it")
        .story("One worker. A timeout of the wait is not a timeout of the task.")
        .source("process-pool/src/{timeout,lesson_task}.rs")
        .python("timeout")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::breaks("for-waiting", || {
            observe(
                |observer| run(observer, None),
                |outcome| {
                    let came = (outcome.hangs.is_none(), outcome.next_worker);
                    expect(came, (true, None), "the caller gives up; the task keeps running")
                },
            )
        })
        .story("wait_timeout ends the wait: the task keeps its worker."),
        Variant::holds("for-the-task", || {
            observe(|observer| run(observer, Some(LIMIT)), worker_is_replaced)
        })
        .story("time_limit kills the worker of the task, and a new one runs the next."),
    ]
}

fn worker_is_replaced(outcome: TimeoutOutcome) -> Checked {
    match (&outcome.hangs, outcome.next_worker) {
        (Some(error @ Error::TimedOut { .. }), Some(next)) if next != outcome.worker => {
            let line = "its worker is killed; a new one runs the next task";
            Ok(Report::new(line).fact("error", error.to_string()))
        }
        _ => Err(format!("{outcome:?}")),
    }
}
