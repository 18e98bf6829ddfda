//! `join-cycle`: threads that wait for each other's end.

use deadlock::{model, real};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("join-cycle", "threads that join each other")
        .story("t1 waits for the end of t2, t2 for that of t3, t3 for that of t1.")
        .source("deadlock/src/join_cycle.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    use real::join_cycle::{by_the_parent, ring};
    [
        Variant::deadlocks("ring", ring)
            .story("Each of three threads joins the next before it ends: none of them can end.")
            .explored("3 threads", "deadlock", model::join_cycle::ring),
        Variant::holds("by-the-parent", || {
            expect(by_the_parent(), 3, "the parent joins all three, and they join nobody")
        })
        .story("The parent joins all three, and they join nobody: a tree has no cycle.")
        .explored_for(
            "3 threads",
            "threads that ended",
            "deadlock",
            [3],
            model::join_cycle::by_the_parent,
        ),
    ]
}
