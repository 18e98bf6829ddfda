//! `pool`: nested submits stop a pool.

use deadlock::{model, real};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("pool", "a task that waits for a task of its own pool")
        .story(
            "Two workers, two tasks; each submits another one and waits for it. No worker is left \
             to run them.",
        )
        .source("deadlock/src/pool.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    use real::pool::{helps, waits};
    let explored = |variant: Variant, run: fn() -> [u32; 2]| {
        variant.explored_for("2 workers", "the results", "deadlock", [[11, 22]], run)
    };
    [
        explored(
            Variant::deadlocks("waits", waits)
                .story("Each worker waits for a queued task, and no worker is left to run it."),
            model::pool::waits,
        ),
        explored(
            Variant::holds("helps", || {
                expect(helps(), [11, 22], "a task that waits runs what is queued meanwhile")
            })
            .story("A helping join: a task that waits first runs what is queued."),
            model::pool::helps,
        ),
    ]
}
