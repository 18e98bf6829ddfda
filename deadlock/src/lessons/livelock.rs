//! `livelock`: threads that run, and make no progress.

use std::time::Duration;

use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use stage::{Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("livelock", "polite threads that never make progress")
        .story(
            "Each has a lock, wants the other's, releases its own, and begins again: in step, for \
             ever. Nobody is blocked.",
        )
        .source("deadlock/src/livelock.rs")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    use real::livelock::{one_yields, polite, random_pause};
    let in_step = || SyncPoint::of(2).in_rounds().then_stay(Duration::from_millis(1));
    [
        Variant::breaks("polite", move || {
            let line = "in 8 rounds, nobody had both locks, and nobody was blocked";
            expect(polite(8, in_step()), [None, None], line)
        })
        .story("Both back off at once, every time: nobody is blocked or makes progress.")
        .explored("2 threads, 2 rounds", "get nowhere", || {
            let rounds = model::livelock::polite(2, SyncPoint::none());
            assert!(rounds.iter().any(Option::is_some), "both backed off twice");
        }),
        Variant::holds("random-pause", move || match random_pause(40, in_step()) {
            [Some(one), Some(other)] => {
                Ok(Report::new(format!("each got both locks, in rounds {one} and {other}")))
            }
            rounds => Err(format!("not in 40 rounds: {rounds:?}")),
        })
        .story("Each backs off for a random number of rounds, and so they fall out of step."),
        Variant::holds("one-yields", move || {
            expect(one_yields(in_step()), true, "t2 backed off, t1 did not; each got both locks")
        })
        .story("Only t2 backs off; t1 keeps its lock and waits: one always makes progress.")
        .explored_for(
            "2 threads",
            "whether t2 backed off",
            "get nowhere",
            [false, true],
            || model::livelock::one_yields(SyncPoint::none()),
        ),
    ]
}
