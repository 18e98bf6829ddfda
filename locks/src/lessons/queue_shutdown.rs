//! The lesson `queue-shutdown`: how the consumers of a queue learn that no more will come.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(20);
/// The longest wait for consumers that end in any case.
const FAR: Duration = Duration::from_secs(10);
/// The number of queues of which one is closed when both consumers sleep: a consumer that is about
/// to sleep may return from its wait, too, and then the next queue is tried.
const ENOUGH: u32 = 200;
const ITEMS: u32 = 1_000;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("queue-shutdown", "how consumers learn that no more will come")
        .story(
            "p1 and p2 put items into a queue, c1 and c2 take them, and wait for more. Who tells \
             them that there are none?",
        )
        .source("locks/src/queue_shutdown.rs")
        .python("queue_shutdown")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    use model::queue_shutdown as modelled;
    use real::queue_shutdown::{
        Threads, closed, closed_for_one, one_each, one_sentinel, put_back, too_early,
    };
    type Run = fn(Threads, u32, Duration) -> u32;
    let holds = |name, line, story, run: Run| {
        let variant = Variant::holds(name, move || {
            expect(run((2, 2), 1, PACE), 2, "2 items are taken at a slow pace")?;
            expect(run((2, 2), ITEMS, Duration::ZERO), ITEMS * (ITEMS + 1), line)
        });
        variant.story(story)
    };
    let explored = |variant: Variant, fails, threads: Threads, run: Run| {
        let all = u32::try_from(threads.0).expect("one or two");
        variant.explored_for("3 threads", "items taken", fails, [all], move || {
            run(threads, 1, Duration::ZERO)
        })
    };
    let one = Variant::deadlocks("one-sentinel", || one_sentinel((2, 2), 1, PACE))
        .story("Puts one sentinel: the consumer that takes it ends, and the other one waits on.");
    let early = Variant::breaks("too-early", || {
        let line = "both ended: nobody takes p2's last item";
        expect(too_early((2, 2), 1, FAR), 1, line)
    })
    .story("The producer that is done first puts the sentinels: the other's items come behind.");
    let each = holds(
        "one-each",
        "the sentinels come behind all items",
        "The producer that is done last puts a sentinel for each consumer.",
        one_each,
    );
    let back = holds(
        "put-back",
        "one sentinel goes round",
        "One sentinel, which each consumer puts back for the next before it ends.",
        put_back,
    );
    let for_one = Variant::deadlocks("closed-for-one", || {
        (0..ENOUGH).map(|_| closed_for_one((2, 2), 1, PACE)).sum::<u32>()
    })
    .story("Closes the queue and notifies one consumer: the other one sleeps on.");
    let all = holds(
        "closed",
        "no sentinel: the queue is empty and closed",
        "Closes the queue and notifies all: a consumer that finds it empty then ends.",
        closed,
    );
    // A second producer or a second consumer: both have more schedules than can be run.
    let [two_producers, two_consumers] = [(2, 1), (1, 2)];
    Vec::from([
        explored(one, "deadlock", two_consumers, modelled::one_sentinel),
        explored(early, "leave one", two_producers, modelled::too_early),
        explored(each, "leave one", two_producers, modelled::one_each),
        explored(back, "leave one", two_consumers, modelled::put_back),
        explored(for_one, "deadlock", two_consumers, modelled::closed_for_one),
        explored(all, "leave one", two_consumers, modelled::closed),
    ])
}
