//! `recover`: a deadlock that is found is undone.

use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("recover", "the victim of a deadlock backs out, and the rest go on")
        .story(
            "Transfers between two accounts, in both directions at once. The thread that would \
             close the cycle undoes its half and starts again.",
        )
        .source("deadlock/src/{recover,checked_mutex}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 1] {
    [Variant::holds("victim", victim)
        .story("The thread that would close the cycle is the victim: it undoes its half.")
        .explored_for(
            "2 threads",
            "balances, victims",
            "deadlock",
            [0, 1].map(|times| ((100, 100), times)),
            || {
                let recovered = model::recover::run(1, SyncPoint::none());
                (recovered.balances, recovered.found.len())
            },
        )]
}

fn victim() -> Checked {
    let recovered = real::recover::run(5, SyncPoint::until_all_hold(2));
    let mut victims = recovered.found.iter().filter_map(|found| found.cycle.first());
    let first = victims.next().ok_or("there was no deadlock to recover from")?;
    let line = format!(
        "5 transfers each way; times backed out: {}, {} first",
        1 + victims.count(),
        first.thread
    );
    expect(recovered.balances, (100, 100), line)
        .map(|report| report.fact("balances", "100 and 100, as before"))
}
