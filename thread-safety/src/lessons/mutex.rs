//! The lock of row 4, released by its guard and by hand.

use kit::sync_point::SyncPoint;
use stage::{Lesson, Variant, expect};
use thread_safety::model::mutex as model;
use thread_safety::real::mutex::{by_hand, explicit, explicit_panic, guard};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mutex", "a lock released by its guard and by hand, and a panic in between")
        .story(
            "t1 adds 1 under the lock, and has slow work that needs none, or panics; t2 comes \
             meanwhile. A lock without a guard stays held after the panic.",
        )
        .python("by_hand")
        .source("thread-safety/src/mutex.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let point = || SyncPoint::of(2);
    let modelled = |variant: Variant, run: fn(&SyncPoint) -> model::Counter| {
        // The one that comes later finds 2.
        let model = move || run(&SyncPoint::none()).into();
        variant.explored_for(
            "2 threads",
            "t1's count, t2's",
            "lose one",
            [[1, 2], [2, 1], [2, 2]],
            model,
        )
    };
    [
        modelled(
            Variant::holds("guard", move || {
                let line = "released where the block ends: t2 waited for the slow work";
                expect(guard(&point()), (1, 2), line)
            })
            .story("The guard releases the lock at the end of its block, however that is left."),
            model::guard,
        ),
        modelled(
            Variant::holds("explicit", move || {
                let line = "drop(guard) before the slow work: t2 had the lock meanwhile";
                expect(explicit(&point()), (2, 2), line)
            })
            .story("`drop(guard)` releases the lock by hand, as soon as it is not needed."),
            model::explicit,
        ),
        Variant::holds("explicit-panic", move || {
            let line = "unwinding dropped the guard: t2 got the lock, and it is poisoned";
            expect(explicit_panic(&point()), (true, 2), line)
        })
        .story("A panic before `drop(guard)`: unwinding releases the lock too, and poisons it.")
        .explored_for(
            "2 threads",
            "poisoned, t2's count",
            "hang",
            [(true, 2), (false, 1)],
            || model::explicit_panic(&SyncPoint::none()),
        ),
        Variant::deadlocks("by-hand", move || by_hand(&point()))
            .story("No guard: the panic comes before `release`, and t2 waits for ever.")
            .explored("2 threads", "hang", || model::by_hand(&SyncPoint::none())),
    ]
}
