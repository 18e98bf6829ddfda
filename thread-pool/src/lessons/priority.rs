//! The lesson `priority`.

use stage::{Lesson, Variant};
use thread_pool::priority::{Order, one_urgent, stream};

use super::text::expect;

/// How many urgent tasks come one after another.
const URGENT: u64 = 50;
/// What the urgency of a task is worth, in submissions.
const WORTH: u64 = 10;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("priority", "urgent tasks first, and those that wait for ever behind them")
        .story("Nine ordinary tasks and an urgent one; then one beside a stream of urgent ones.")
        .source("thread-pool/src/priority.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    [
        Variant::breaks("fifo", || {
            let said = "the urgent task runs last, behind nine ordinary ones";
            expect(one_urgent(Order::Arrival), (1..=10).collect(), said)
        })
        .story("One queue, first in, first out: an urgent task waits for all that came before it."),
        Variant::holds("urgent-first", || {
            let said = "it runs first; the others in the order of submission";
            let urgent_first = [10].into_iter().chain(1..=9).collect();
            expect(one_urgent(Order::Priority), urgent_first, said)
        })
        .story("A queue sorted by priority, then by submission: equal ones stay in order."),
        Variant::breaks("starved", || {
            let said =
                format!("{URGENT} urgent tasks came, and the ordinary one ran after them all");
            expect(stream(Order::Priority, URGENT), URGENT as usize, said)
        })
        .story("While an urgent task is queued, no other one is run: it starves."),
        Variant::holds("aging", || {
            let said = format!("the ordinary task ran after {WORTH} of {URGENT} urgent ones");
            expect(stream(Order::Aging(WORTH), URGENT), WORTH as usize, said)
        })
        .story("Urgency is worth ten submissions: no more than ten urgent tasks overtake one."),
    ]
}
