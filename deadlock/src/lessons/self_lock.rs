//! `self-lock`: a thread that waits for the mutex that it holds.

use deadlock::{model, real};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("self-lock", "one thread acquires the same mutex twice")
        .story(
            "t1 holds A and calls a function that acquires A. A mutex is not reentrant: t1 waits \
             for itself.",
        )
        .python("self_lock")
        .source("deadlock/src/self_lock.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    use real::self_lock::{ended_first, handed_on, tried, twice};
    [
        Variant::deadlocks("twice", twice)
            .story("The callee acquires the mutex that its caller holds, and waits for it.")
            .explored("1 thread", "deadlock", model::self_lock::twice),
        Variant::holds("ended-first", || {
            expect(ended_first(), 90, "the guard's block ends before the call")
        })
        .story("The guard's block ends before the call, so the callee finds the mutex free.")
        .explored_for(
            "1 thread",
            "the value read",
            "deadlock",
            [90],
            model::self_lock::ended_first,
        ),
        Variant::holds("handed-on", || {
            expect(handed_on(), 90, "the function is handed the value, not the lock")
        })
        .story("The callee is passed what the mutex guards, and acquires no lock itself.")
        .explored_for(
            "1 thread",
            "the value read",
            "deadlock",
            [90],
            model::self_lock::handed_on,
        ),
        Variant::holds("tried", || {
            expect(tried(), false, "try_lock fails at once, and nobody waits")
        })
        .story("The callee uses `try_lock`, which fails at once and does not wait.")
        .explored_for(
            "1 thread",
            "whether it was acquired",
            "deadlock",
            [false],
            model::self_lock::tried,
        ),
    ]
}
