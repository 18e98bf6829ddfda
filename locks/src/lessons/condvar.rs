//! The lesson `condvar`: to wait until a condition holds.

use std::time::Duration;

use clap::value_parser;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(4);
/// A timeout for what must not happen.
const MOMENT: Duration = Duration::from_millis(20);

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Items that each of two producers puts at full speed, 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    #[arg(value_parser = value_parser!(u32).range(1..=1_000_000))]
    items: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("condvar", "to wait until a condition holds")
        .story(
            "c1 and c2 wait for an item each. p puts one and notifies both. Later, t1 waits for a \
             flag, just when t2 sets it.",
        )
        .source("locks/src/condvar.rs")
        .python("condition")
        .mutants(super::weakened::condvar())
        .variants_with(variants)
}

fn explored(variant: Variant, run: fn(Duration) -> Vec<Option<u32>>) -> Variant {
    let one_each = [vec![Some(1), Some(2)]];
    variant.explored_for("3 threads", "each one's item", "take from none", one_each, move || {
        run(Duration::ZERO)
    })
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::condvar::{if_once, locked_flag, sum, sum_by_ours, unlocked_flag, while_again};
    let items = options.items;
    let all = u64::from(items) * (u64::from(items) + 1);
    // Far more than it takes, even where each item is handed over by two context switches.
    let limit = Duration::from_secs(30) + Duration::from_micros(500) * items;
    let once = Variant::breaks("if-once", || {
        let line = "both are woken: one takes an item that is not there";
        expect(if_once(PACE), vec![None, Some(1)], line)
    })
    .story("Checks the condition once: of two that are woken, one takes what is not there.");
    let again = Variant::holds("while-again", move || {
        expect(while_again(PACE), vec![Some(1), Some(2)], "each takes an item of its own")?;
        let line = format!("the one that finds none waits again; 2 × {items} arrive");
        expect(sum(items), all, line)
    })
    .story("Checks the condition after each wake-up, as another thread may be faster.")
    .within(limit);
    let ours = Variant::holds("ours", move || {
        let line = format!("2 × {items} arrive by this topic's own condition variable");
        expect(sum_by_ours(items), all, line)
    })
    .story("Runs the same on a condition variable made by hand, on a futex.")
    .within(limit);
    let unlocked = Variant::deadlocks("unlocked-flag", unlocked_flag)
        .story("Sets the flag without the mutex: between t1's check and its wait, it is missed.");
    let locked = Variant::holds("locked-flag", || {
        locked_flag(MOMENT);
        expect((), (), "t2 waits for the lock, which t1 releases by waiting")
    })
    .story("Sets the flag under the mutex, which t1 releases and sleeps in one atomic step.");
    Vec::from([
        explored(once, model::condvar::if_once),
        explored(again, model::condvar::while_again),
        ours,
        unlocked.explored("2 threads", "deadlock", model::condvar::unlocked_flag),
        locked.explored("2 threads", "deadlock", || model::condvar::locked_flag(Duration::ZERO)),
    ])
}
