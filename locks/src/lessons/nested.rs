//! The lesson `nested`: one thread acquires a lock that it holds already.

use clap::value_parser;
use locks::nested;
use stage::{Lesson, Variant, expect};

use super::number_of;

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Times that the reentrant lock is acquired, one within the other, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = value_parser!(u32).range(1..=1000))]
    depth: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("nested", "one thread acquires a lock that it holds already")
        .story(
            "A mutex does not ask which thread holds it: t1 waits for itself. A reentrant lock \
             asks, and counts.",
        )
        .source("locks/src/nested.rs")
        .python("lock")
        .python("rlock")
        .variants_with(variants)
}

fn variants(options: &Options) -> Vec<Variant> {
    let depth = options.depth;
    let twice = Variant::deadlocks("twice", nested::twice)
        .story("Acquires a mutex that its own thread holds, and so waits for itself.");
    let tried =
        Variant::holds("tried", || expect(nested::tried(), false, "try_lock refuses at once"))
            .story("Asks by try_lock in place of waiting, and is refused.");
    let split = Variant::holds("split", || {
        expect(nested::split(), 100, "one function locks, the other is handed the value")
    })
    .story("Splits the function in two: one of them locks, the other is handed the guarded value.");
    let reentrant = Variant::holds("reentrant", move || {
        // Free for another thread after the last release, and not before.
        let last_only: Vec<_> = (1..=depth).map(|released| released == depth).collect();
        let line = format!("acquired {0}, released {0}", number_of(depth, "time"));
        expect(nested::reentrant(depth), (depth, last_only), line)
    })
    .story("Uses a lock that knows its holder, counts, and admits it again.");
    let half_done = Variant::breaks("half-done", || {
        let line = "admitted again in the midst of its own work: RefCell refuses";
        expect(nested::half_done(), true, line)
    })
    .story("A reentrant lock lets its thread change the list it walks: RefCell refuses.");
    Vec::from([twice, tried, split, reentrant, half_done])
}
