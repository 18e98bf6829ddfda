//! `coffman`: the four conditions of a deadlock.

use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("coffman", "the four conditions of a deadlock, each taken away in turn")
        .story(
            "Mutual exclusion, hold and wait, no preemption, circular wait: without any one of \
             them, there is no deadlock.",
        )
        .source("deadlock/src/coffman.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    use model::coffman as modelled;
    use real::coffman::{all_four, all_or_nothing, no_circular_wait, preempted, shared};
    let all_hold = || SyncPoint::until_all_hold(2);
    let moment = || SyncPoint::for_a_moment(2);
    let none = SyncPoint::none;
    [
        Variant::deadlocks("all-four", move || all_four(all_hold()))
            .story("Exclusive locks, held while waiting, never taken away, in opposite orders.")
            .explored_for("2 threads", "A and B", "deadlock", [(2, 2)], move || {
                modelled::all_four(none())
            }),
        Variant::holds("no-mutual-exclusion", move || {
            expect(shared(all_hold()), [2, 2], "both read both: a lock with room for many")
        })
        .story("Both only read, under locks that admit any number of readers: nobody waits.")
        .explored_for(
            "2 threads",
            "each one's reading",
            "deadlock",
            [[2, 2]],
            move || modelled::shared(none()),
        ),
        Variant::holds("no-hold-and-wait", move || {
            expect(all_or_nothing(moment()), 2, "both or none: a thread that waits holds nothing")
        })
        .story("A thread acquires both resources at once or none, so one that waits holds nothing.")
        .explored_for("2 threads", "the count", "deadlock", [2], move || {
            modelled::all_or_nothing(none())
        }),
        Variant::holds("preemption", move || {
            let (value, preemptions) = preempted(all_hold());
            expect(value, 2, format!("preempted while they waited, and begun again: {preemptions}"))
        })
        .story("What a waiting thread holds can be taken from it; it is told, and begins again.")
        .explored_for(
            "2 threads",
            "the value, preemptions",
            "deadlock",
            [(2, 0), (2, 1)],
            move || modelled::preempted(none()),
        ),
        Variant::holds("no-circular-wait", move || {
            expect(no_circular_wait(moment()), (2, 2), "one order for all: A before B")
        })
        .story("Both acquire A before B: no thread waits for a lock that comes earlier.")
        .explored_for("2 threads", "A and B", "deadlock", [(2, 2)], move || {
            modelled::no_circular_wait(none())
        }),
    ]
}
