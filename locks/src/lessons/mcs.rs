//! The lesson `mcs`: a queue lock, whose list is linked in two steps.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::Waiters;

const PACE: Duration = Duration::from_millis(1);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mcs", "a queue lock: each thread spins on a cell of its own")
        .story(
            "A thread makes itself the tail of the queue, then links itself to its predecessor. \
             A thread that releases the lock may look in between.",
        )
        .source("locks/src/mcs.rs")
        .variants_with(variants)
}

fn explored(variant: Variant, run: fn(Duration) -> u32) -> Variant {
    variant.explored_for("2 threads", "threads that entered", "deadlock", [2], move || {
        run(Duration::ZERO)
    })
}

fn variants(&options: &Waiters) -> Vec<Variant> {
    use real::mcs::{in_order, linked, unlinked};
    let unlinked = Variant::deadlocks("unlinked", || unlinked(10 * PACE))
        .story("Releases the lock before a thread that has joined is linked: it waits for ever.");
    let linked = Variant::holds("linked", || {
        let line = "a thread that releases the lock waits for the link: both acquire it";
        expect(linked(10 * PACE), 2, line)
    })
    .story("Waits, before it releases the lock, until the thread that joined is linked.");
    let in_line = Variant::holds("in-line", move || options.in_order(in_order))
        .story("Each joins the tail by one swap, and the lock is handed over in that order.");
    Vec::from([
        explored(unlinked, model::mcs::unlinked),
        explored(linked, model::mcs::linked),
        in_line,
    ])
}
