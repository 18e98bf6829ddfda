//! The lesson `compare-exchange`.

use singleton::real::compare_exchange::FirstWins;
use singleton::real::race::{Constructor, race};
use singleton::{model, orderings};
use stage::{Lesson, Variant};

use super::approach::{Threads, counted, modelled, under_loom};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("compare-exchange", "build, and discard what came too late")
        .story("No thread waits: several may be built, and the first to be published wins.")
        .source("singleton/src/compare_exchange.rs")
        .variants_with(|threads: &Threads| {
            let threads = threads.count();
            let variant = Variant::holds("first-wins", move || {
                let result = race::<FirstWins>(threads, &Constructor::until_all_build(threads));
                let discarded = result.built.saturating_sub(1);
                let line = format!("all have the same one, {discarded} discarded");
                counted(&result, (threads, 1), &line)
            });
            let variant = modelled::<model::compare_exchange::FirstWins>(variant)
                .story("Builds, and publishes by a compare-and-swap: the others discard theirs.");
            let [every, relaxed] = under_loom(orderings::compare_exchange);
            [variant, every, relaxed]
        })
}
