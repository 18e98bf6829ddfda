//! The lesson `alternate`: three threads write A, B and C in turn.

use std::time::Duration;

use clap::value_parser;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

/// The time it takes to see something in the lanes.
const PACE: Duration = Duration::from_millis(1);

/// The options of `alternate`.
#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Letters that each thread writes, where the variant holds, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 5)]
    #[arg(value_parser = value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("alternate", "three threads write A, B and C in turn")
        .story("a, b and c write a letter each. How does a thread learn that its turn has come?")
        .source("locks/src/alternate.rs")
        .python("alternate")
        .variants_with(variants)
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::alternate::{channels, condvar, flag, if_once, park, semaphores};
    let rounds = options.rounds as usize;
    let broken = |name, story, run: fn() -> String, model: fn() -> String| {
        Variant::deadlocks(name, run).story(story).explored("3 threads", "deadlock", model)
    };
    type Run = fn(usize, Duration) -> String;
    let holds = |name, line, story, run: Run, model: Option<Run>| {
        let variant = Variant::holds(name, move || {
            expect(run(rounds, PACE), "ABC".repeat(rounds), format!("ABC {rounds} ×: {line}"))
        });
        let variant =
            variant.story(story).within(Duration::from_secs(30) + 6 * PACE * options.rounds);
        let Some(model) = model else { return variant };
        let model = move || model(1, Duration::ZERO);
        variant.explored_for("3 threads", "go wrong", ["ABC".to_owned()], model)
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
