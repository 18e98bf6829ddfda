//! The lesson `ticket`: a lock that is acquired in the order of arrival.

use std::time::Duration;

use locks::real::exclusion_probe::Entries;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::{Waiters, exclusion};

const PACE: Duration = Duration::from_millis(1);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("ticket", "first in, first out: a thread draws a number and waits for its turn")
        .story(
            "A thread draws the next number; a thread that releases the lock serves the number \
             after its own. The draw must be atomic.",
        )
        .source("locks/src/{ticket,primitives/ticket}.rs")
        .mutants(super::weakened::ticket())
        .variants_with(variants)
}

fn variants(&options: &Waiters) -> Vec<Variant> {
    use real::ticket::{in_order, two_steps};
    let two_steps = Variant::breaks("two-steps", || {
        let both = Entries { entered: 2, most_inside: 2, value: 1 };
        let line = "both draw number 0, and both are served: an increment is lost";
        expect(two_steps(3 * PACE), both, line)
    })
    .story("Reads the next number and writes it back in two steps: two draw the same.");
    let one_step = Variant::holds("one-step", move || options.in_order(in_order))
        .story("Draws the number by one fetch-and-add: each thread has its own, in that order.");
    Vec::from([
        exclusion(two_steps, model::ticket::two_steps),
        exclusion(one_step, model::ticket::one_step),
    ])
}
