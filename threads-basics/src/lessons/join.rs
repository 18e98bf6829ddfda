//! `join`: what may be read before a thread is joined, and what after.

use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Variant, expect, grouped};
use threads_basics::model;
use threads_basics::real::join::{dropped, joined, read_at_once};

const STEPS: u32 = 500_000;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("join", "a counter that two threads add to, read before they are joined and after")
        .story("The threads are held back half way until the parent has read it.")
        .python("join")
        .source("threads-basics/src/join.rs")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    let half_way = || SyncPoint::of(3).in_rounds();
    [
        explored(
            Variant::breaks("read-at-once", move || {
                let count = read_at_once(STEPS, &half_way());
                report(count, STEPS, "read before both were joined")
            })
            .story("Reads the counter before it joins the threads, when half of it is counted."),
            model::join::read_at_once,
        ),
        explored(
            Variant::breaks("dropped", move || {
                let count = dropped(STEPS, &half_way());
                report(count, STEPS, "a dropped handle waits for nothing")
            })
            .story("Drops the handles, which waits for nothing: the threads run on, detached."),
            model::join::dropped,
        ),
        explored(
            Variant::holds("joined", move || {
                let count = joined(STEPS, &half_way());
                report(count, 2 * STEPS, "read after both were joined")
            })
            .story("Joins both threads first: what they have written happens before the read."),
            model::join::joined,
        ),
    ]
}

fn report(count: u32, wanted: u32, line: &str) -> Checked {
    expect(count, wanted, format!("{} of {}: {line}", grouped(count), grouped(2 * STEPS)))
}

/// The outcome is the count that was read: 2 is all.
fn explored(variant: Variant, run: fn(u32, &SyncPoint) -> u32) -> Variant {
    variant.explored_for(
        "2 threads, 1 step each",
        "the counter read",
        "read less",
        [2],
        move || run(1, &SyncPoint::none()),
    )
}
