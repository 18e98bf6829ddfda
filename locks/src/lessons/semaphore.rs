//! The lesson `semaphore`: at most N threads inside, and a permit that was never acquired.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(4);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("semaphore", "at most N threads inside at once")
        .story(
            "Two permits, and three threads that want one each. Before they come, a clean-up \
             releases a permit that was never acquired.",
        )
        .source("locks/src/{semaphore,primitives/semaphore}.rs")
        .python("semaphore")
        .mutants(super::weakened::semaphore())
        .variants(variants)
}

fn explored(variant: Variant, run: fn(u32, Duration) -> model::semaphore::Admitted) -> Variant {
    variant.explored_for("2 threads", "the most inside", "admit two", [1], move || {
        run(1, Duration::ZERO).0
    })
}

fn variants() -> Vec<Variant> {
    use real::semaphore::{bounded, permits, unbounded};
    let unbounded = Variant::breaks("unbounded", || {
        let line = "two permits were two, and are three: a third thread is inside";
        expect(unbounded(2, PACE), (3, false), line)
    })
    .story("Accepts the permit that nobody has acquired, so one thread too many is inside.");
    let bounded = Variant::holds("bounded", || {
        expect(bounded(2, PACE), (2, true), "the permit that was never acquired is refused")
    })
    .story("Has an upper bound, and so refuses the permit that nobody has acquired.");
    let permits = Variant::holds("permits", || {
        expect(permits(2, PACE), (2, false), "a thread that has no permit has nothing to release")
    })
    .story("Makes each permit a value: a thread that has none has nothing to release.");
    Vec::from([
        explored(unbounded, model::semaphore::unbounded),
        explored(bounded, model::semaphore::bounded),
        explored(permits, model::semaphore::permits),
    ])
}
