//! The lesson `latch`: one thread waits until workers are done.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(4);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("latch", "one thread waits until N workers are done")
        .story("w waits for the work of t1, t2 and t3, and comes before any of them has begun.")
        .source("locks/src/{latch,primitives/latch}.rs")
        .variants(variants)
}

fn explored(variant: Variant, run: fn(u32, Duration) -> u32) -> Variant {
    variant.explored_for("2 threads", "workers done", "go on too early", [1], move || {
        run(1, Duration::ZERO)
    })
}

fn variants() -> Vec<Variant> {
    use real::latch::{counted_first, registered_late};
    let late = Variant::breaks("registered-late", || {
        let line = "w finds nobody at work, and goes on with 0 of 3 done";
        expect(registered_late(3, PACE), 0, line)
    })
    .story("Each worker counts itself in as it begins: an early waiter finds a count of 0.");
    let first = Variant::holds("counted-first", || {
        expect(counted_first(3, PACE), 3, "w goes on when 3 of 3 are done")
    })
    .story("The latch is made with the number of workers, so the waiter waits for all of them.");
    Vec::from([
        explored(late, model::latch::registered_late),
        explored(first, model::latch::counted_first),
    ])
}
