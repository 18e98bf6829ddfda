//! `lock-graph`: a lock-order inversion, found on a run that does not deadlock.

use deadlock::lock_graph;
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("lock-graph", "a lock-order inversion, reported on a run without a deadlock")
        .story(
            "t1 acquires A, then B, and has ended before t2 acquires B, then A. Nothing can happen; \
             without the join, it is lock-order.",
        )
        .source("deadlock/src/{lock_graph,ordered_mutex}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::holds("ours", ours)
            .story("Every order of two held locks is noted; one that contradicts it is refused."),
        Variant::holds("tracing-mutex", || {
            let panic = lock_graph::tracing_mutex().ok_or("the inversion was not seen")?;
            Ok(Report::new("the crate panics in t2").fact("says", panic))
        })
        .story("The crate tracing-mutex notes the same, and panics where a cycle closes."),
    ]
}

fn ours() -> Checked {
    let inversion = lock_graph::ours().err().ok_or("the inversion was not seen")?;
    let line = format!("{} was refused; both threads have ended", inversion.now.thread);
    let report = Report::new(line).fact("now", inversion.now.to_string());
    let before = inversion.before.iter();
    Ok(before.fold(report, |report, before| report.fact("before", before.to_string())))
}
