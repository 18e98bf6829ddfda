//! The lesson `bounded-buffer`: producers and consumers, and which of them a notification reaches.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(2);
/// The number of batches after which a notification has gone to the wrong side on any system.
const ENOUGH: u32 = 1_000;

const BATCHES: u32 = 500;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("bounded-buffer", "producers and consumers, and which of them is woken")
        .story(
            "p puts two items at a time into a buffer with room for one; c1 and c2 take them. Whom \
             does a notification wake?",
        )
        .source("locks/src/bounded_buffer.rs")
        .python("condition")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    use real::bounded_buffer::{notify_all, notify_one, two_condvars};
    let one = Variant::deadlocks("notify-one", || notify_one(ENOUGH, Duration::ZERO))
        .story("Wakes one thread of both sides: a consumer wakes the other one, and p sleeps on.");
    type Run = fn(u32, Duration) -> u32;
    let holds = |name, line, story, run: Run| {
        let variant = Variant::holds(name, move || {
            expect(run(2, PACE), 6, "6 items come out at a slow pace")?;
            expect(run(BATCHES, Duration::ZERO), 3 * BATCHES, format!("2 × {BATCHES} {line}"))
        });
        variant.story(story)
    };
    let all = holds(
        "notify-all",
        "items arrive; most wake-ups are for nothing",
        "Wakes all threads of both sides: those that cannot go on wait again.",
        notify_all,
    );
    let two = holds(
        "two-condvars",
        "items arrive; each notification reaches the right side",
        "Gives each side a condition variable of its own, and wakes one thread there.",
        two_condvars,
    );
    let explored = |variant: Variant, run: Run| {
        variant.explored("3 threads", "deadlock", move || run(0, Duration::ZERO))
    };
    Vec::from([
        explored(one, model::bounded_buffer::notify_one),
        explored(all, model::bounded_buffer::notify_all),
        explored(two, model::bounded_buffer::two_condvars),
    ])
}
