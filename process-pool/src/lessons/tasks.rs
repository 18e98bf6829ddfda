//! The lesson `submit`.

use std::collections::BTreeSet;

use process_pool::job::Answer;
use process_pool::submit::{Cancelled, WORKERS, cancel, run};
use stage::{Lesson, Report, Variant, expect};

use super::ran;

/// How many primes there are below 10 000, 20 000, … 100 000.
const PRIMES: [u64; 10] = [1229, 2262, 3245, 4203, 5133, 6057, 6935, 7837, 8713, 9592];

pub(crate) fn submit() -> Lesson {
    Lesson::new("submit", "ten tasks on four worker processes")
        .story(
            "A task goes to whichever worker is free. Submitting it returns a handle, Python's \
             future, which waits for the answer.",
        )
        .source("process-pool/src/submit.rs")
        .variants(submit_variants)
}

fn submit_variants() -> Vec<Variant> {
    Vec::from([
        Variant::holds("workers", || {
            let answers = ran(run)?;
            let values: Vec<_> = answers.iter().map(|answer| answer.value).collect();
            if values != PRIMES {
                return Err(format!("{values:?} came out, not {PRIMES:?}"));
            }
            let pids: BTreeSet<_> = answers.iter().map(|answer| answer.pid).collect();
            if pids.len() > WORKERS || pids.contains(&std::process::id()) {
                return Err(format!("the answers came from the processes {pids:?}"));
            }
            let line =
                format!("ten counts of primes, in the tasks' order, from {} processes", pids.len());
            Ok(answers.chunks(2).zip(1..).fold(Report::new(line), |report, (pair, row)| {
                let label = format!("below {}0 000, {}0 000", 2 * row - 1, 2 * row);
                let said = |Answer { pid, value, .. }: &Answer| format!("{value} (pid {pid})");
                report.fact(label, pair.iter().map(said).collect::<Vec<_>>().join(", "))
            }))
        })
        .story(
            "Ten tasks are queued at once; each free worker takes the next, and each \
                    handle gets its result.",
        ),
        Variant::holds("cancel", || {
            let wanted = Cancelled { runs: false, queued: true, done: 1 };
            expect(ran(cancel)?, wanted, "the queued task is taken back; the one that runs is done")
        })
        .story(
            "cancel removes a task from the queue; a task that a worker has begun runs to \
                    its end.",
        ),
    ])
}
