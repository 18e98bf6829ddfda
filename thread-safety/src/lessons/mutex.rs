//! The lock of row 4, released by its guard and by hand.

use stage::{Lesson, Variant, expect};
use thread_safety::model::mutex as model;
use thread_safety::real::mutex::{Counter, Points, by_hand, explicit, explicit_panic, guard};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mutex", "a lock released by its guard and by hand, and a panic in between")
        .story(
            "t1 adds 1 under the lock, and has slow work to do that needs no lock; t2 comes \
             meanwhile.",
        )
        .python("by_hand")
        .source("thread-safety/src/mutex.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let counter = |after_the_work| Counter { after_the_work, in_the_end: 2 };
    let modelled = |variant: Variant, run: fn(&model::Points) -> model::Counter| {
        variant.explored_for("2 threads", "lose one", [2], move || {
            run(&model::Points::none()).in_the_end
        })
    };
    [
        modelled(
            Variant::holds("guard", move || {
                let line = "released where the block ends: t2 waited for the slow work";
                expect(guard(&Points::real()), counter(1), line)
            })
            .story(
                "The guard releases the lock at the end of its block, whatever way that is left.",
            ),
            model::guard,
        ),
        modelled(
            Variant::holds("explicit", move || {
                let line = "drop(guard) before the slow work: t2 was in meanwhile";
                expect(explicit(&Points::real()), counter(2), line)
            })
            .story(
                "`drop(guard)` releases the lock by hand, as soon as it is not needed any more.",
            ),
            model::explicit,
        ),
        Variant::holds("explicit-panic", || {
            let line = "unwinding dropped the guard: t2 got the lock, and was told";
            expect(explicit_panic(&Points::real()), (true, 2), line)
        })
        .story(
            "A panic comes before `drop(guard)`: unwinding releases the lock all the same, and \
             poisons it.",
        )
        .explored_for("2 threads", "hang", [(true, 2), (false, 2)], || {
            model::explicit_panic(&model::Points::none())
        }),
        Variant::deadlocks("by-hand", || by_hand(&Points::real()))
            .story(
                "A lock without a guard: the panic comes between `acquire` and `release`, and t2 \
                 waits for ever.",
            )
            .explored("2 threads", "hang", || model::by_hand(&model::Points::none())),
    ]
}
