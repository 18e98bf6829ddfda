//! The lesson `alternate`: three threads write A, B and C in turn.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(1);

const ROUNDS: usize = 5;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("alternate", "three threads write A, B and C in turn")
        .story("a, b and c write a letter each. How does a thread learn that its turn has come?")
        .source("locks/src/alternate.rs")
        .python("alternate")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    use real::alternate::{channels, condvar, flag, if_once, park, semaphores};
    let broken = |name, story, run: fn() -> String, model: fn() -> String| {
        Variant::deadlocks(name, run).story(story).explored("3 threads", "deadlock", model)
    };
    type Run = fn(usize, Duration) -> String;
    let holds = |name, line, story, run: Run, model: Option<Run>| {
        let variant = Variant::holds(name, move || {
            expect(run(ROUNDS, PACE), "ABC".repeat(ROUNDS), format!("ABC {ROUNDS} ×: {line}"))
        });
        let variant = variant.story(story);
        let Some(model) = model else { return variant };
        let model = move || model(1, Duration::ZERO);
        variant.explored_for("3 threads", "the letters", "go wrong", ["ABC".to_owned()], model)
    };
    Vec::from([
        broken(
            "flag",
            "Checks the flag without the lock: a passes the turn on before b waits for it.",
            flag,
            model::alternate::flag,
        ),
        broken(
            "if-once",
            "Checks once and notifies one: c is woken, writes out of turn, and b waits for ever.",
            if_once,
            model::alternate::if_once,
        ),
        holds(
            "condvar",
            "all are woken, all but one wait again",
            "Checks again after each wake-up, under the lock, and notifies all.",
            condvar,
            Some(model::alternate::condvar),
        ),
        holds(
            "semaphores",
            "one permit goes round",
            "Gives each thread a semaphore of its own, which the thread before releases.",
            semaphores,
            Some(model::alternate::semaphores),
        ),
        holds(
            "park",
            "each wakes the next, and no other",
            "Parks each thread until it is its turn; the thread before unparks it.",
            park,
            // `park` may return without a token, again and again: a test explores some schedules.
            None,
        ),
        holds(
            "channels",
            "the turn is a message",
            "Sends the turn on from each thread to the next; nothing is shared.",
            channels,
            Some(model::alternate::channels),
        ),
    ])
}
