//! The lesson `futex`: a thread that waits parks, and must not miss its wake-up.

use std::time::Duration;

use clap::value_parser;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(1);

/// The options of `futex`.
#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Increments of each of two threads at full speed, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000_000))]
    increments: u32,
}

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
    variant.explored_for("2 threads", "deadlock", [2], move || run(Duration::ZERO))
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::futex::{count, now, seen, slept};
    let times = options.increments;
    let now = Variant::deadlocks("now", || now(10 * PACE)).story(
        "Sleeps without telling the kernel which value it has seen, so a wake-up before that is \
         lost.",
    );
    let seen = Variant::holds("seen", || {
        expect(seen(10 * PACE), 2, "the lock was free by then: no thread went to sleep")
    })
    .story(
        "Tells the kernel which value it has seen: if the word has changed, the thread does not \
         sleep.",
    );
    let three_states = Variant::holds("three-states", move || {
        let waiter = slept();
        expect((waiter.found, waiter.asleep == Some(false)), (1, false), "")?;
        let line = format!("2 × {times} increments of a plain value make {}", 2 * times);
        let state = match waiter.asleep {
            Some(_) => "was seen asleep, then acquired the lock",
            None => "acquired the lock; this system does not show whether it slept",
        };
        Ok(expect(count(times), 2 * times, line)?.fact("the waiter", state))
    })
    .story(
        "A third state says that a thread may sleep, so a release calls the kernel only to wake \
         one.",
    )
    // Far more than it takes, even where one core is all there is.
    .within(Duration::from_secs(30) + Duration::from_micros(20) * times);
    Vec::from([
        explored(now, model::futex::now),
        explored(seen, model::futex::seen),
        three_states.explored_for("2 threads", "lose one", [2], || model::futex::count(1)),
    ])
}
