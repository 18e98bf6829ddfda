//! The lesson `submit`.

use std::collections::BTreeSet;

use process_pool::lesson_task::Answer;
use process_pool::submit::{CancelOutcome, WORKERS, cancel, run};
use stage::{Checked, Lesson, Report, Variant, expect};

use super::observe;

/// The number of primes below 10 000, 20 000, … 100 000.
const PRIMES: [u64; 10] = [1229, 2262, 3245, 4203, 5133, 6057, 6935, 7837, 8713, 9592];

pub(crate) fn lesson() -> Lesson {
    Lesson::new("submit", "ten tasks on four worker processes")
        .story(
            "A task goes to whichever worker is free. Submitting it returns a handle, Python's \
             future, which waits for the answer.",
        )
        .source("process-pool/src/{submit,lesson_task}.rs")
        .python("submit")
        .python("pickled")
        .python("cancel")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::holds("workers", || observe(run, primes))
            .story("Ten tasks are queued at once; each free worker takes the next one."),
        Variant::holds("cancel", || {
            let wanted = CancelOutcome { running: false, queued: true, done: 1 };
            let line = "the queued task is cancelled; the running one is done";
            observe(cancel, |outcome| expect(outcome, wanted, line))
        })
        .story("cancel removes a queued task; one that a worker has begun runs to its end."),
    ]
}

fn primes(answers: Vec<Answer>) -> Checked {
    let values: Vec<_> = answers.iter().map(|answer| answer.value).collect();
    if values != PRIMES {
        return Err(format!("the answers came out as {values:?}, not {PRIMES:?}"));
    }
    let pids: BTreeSet<_> = answers.iter().map(|answer| answer.pid).collect();
    if pids.len() > WORKERS || pids.contains(&std::process::id()) {
        return Err(format!("the answers came from the processes {pids:?}"));
    }
    let from =
        if pids.len() == 1 { "1 process".into() } else { format!("{} processes", pids.len()) };
    let report = Report::new(format!("ten counts of primes, in the tasks' order, from {from}"));
    Ok(answers.chunks(2).zip(1..).fold(report, |report, (pair, row)| {
        let label = format!("below {}0 000, {}0 000", 2 * row - 1, 2 * row);
        let count = |answer: &Answer| format!("{} (pid {})", answer.value, answer.pid);
        report.fact(label, pair.iter().map(count).collect::<Vec<_>>().join(", "))
    }))
}
