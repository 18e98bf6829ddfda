//! `async-guard`: a lock held across an await.

use deadlock::async_guard::{async_lock, async_opposite, ended_before, held_across};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("async-guard", "a lock held across an await")
        .story(
            "Tasks t1 and t2 share a thread. t1 yields while it holds lock A; t2 blocks the thread \
             while it waits for A.",
        )
        .source("deadlock/src/async_guard.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    [
        Variant::deadlocks("held-across", held_across)
            .story("t1 yields with std's lock held; t2 blocks the thread that t1 needs."),
        Variant::deadlocks("async-opposite", async_opposite)
            .story("Two of tokio's locks in opposite orders: the tasks yield, and wait for ever."),
        Variant::holds("ended-before", || {
            expect(ended_before(), 2, "the guard is dropped before the await")
        })
        .story("The guard is dropped before the await, so no task yields with a lock held."),
        Variant::holds("async-lock", || {
            expect(async_lock(), 2, "tokio's lock yields while it waits")
        })
        .story("tokio's lock yields while it waits: its holder gets the thread back."),
    ]
}
