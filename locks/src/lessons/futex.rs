//! The lesson `futex`: a thread that waits parks, and must not miss its wake-up.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::Increments;

const PACE: Duration = Duration::from_millis(1);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("futex", "a thread that waits parks, and must not miss its wake-up")
        .story(
            "t2 finds the lock taken. Before it sleeps, t1 releases it and wakes a sleeping \
             thread: there is none yet.",
        )
        .source("locks/src/{futex,primitives/futex_mutex}.rs")
        .variants_with(variants)
}

fn explored(variant: Variant, run: fn(Duration) -> u32) -> Variant {
    variant.explored_for("2 threads", "threads that entered", "deadlock", [2], move || {
        run(Duration::ZERO)
    })
}

fn variants(&options: &Increments) -> Vec<Variant> {
    use real::futex::{count, now, seen, slept};
    let now = Variant::deadlocks("now", || now(10 * PACE))
        .story("Sleeps without telling the kernel what it saw: a wake-up before that is lost.");
    let seen = Variant::holds("seen", || {
        expect(seen(10 * PACE), 2, "the lock was free by then: no thread went to sleep")
    })
    .story("Tells the kernel what it saw: if the word has changed, it does not sleep.");
    let three_states = Variant::holds("three-states", move || {
        let (asleep, found) = slept();
        expect(
            (found, asleep == Some(false)),
            (1, false),
            "the waiter has marked the lock, and sleeps",
        )?;
        let state = match asleep {
            Some(_) => "was seen asleep, then acquired the lock",
            None => "acquired the lock; this system does not show whether it slept",
        };
        Ok(options.counted(count)?.fact("the waiter", state))
    })
    .story("A third state says that a thread may sleep: only then a release makes a call.")
    .within(options.limit());
    Vec::from([
        explored(now, model::futex::now),
        explored(seen, model::futex::seen),
        three_states
            .explored_for("2 threads", "the count", "lose one", [2], || model::futex::count(1)),
    ])
}
