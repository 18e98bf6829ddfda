use process_sharing::model::protocols;
use process_sharing::queue::{closed, consumer_killed, drain_first, join_first, many};
use stage::{Checked, Lesson, Report, Variant};

use super::{deadlocks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("queue", "ten numbers out of a child, through a queue with room for four")
        .story(
            "The child can exit only when there has been room for all ten. A parent that waits for \
             that first, and receives then, waits for ever.",
        )
        .source("process-sharing/src/queue.rs")
        .python("ten_numbers")
        .python("undrained_queue")
        .python("killed_reader")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    const SMALL: &str = "2 values, room for 1";
    let ten = || (0..10).collect::<Vec<_>>();
    vec![
        deadlocks("join-first", join_first)
            .explored_for(SMALL, "values", "deadlock", [vec![1, 2]], || {
                protocols::ten_numbers(true)
            })
            .story("The parent waits for the child's exit, and the child for room: a deadlock."),
        holds(
            "drain-first",
            drain_first,
            is(ten(), "the ten numbers, in order; then the child's exit"),
        )
        .explored_for(SMALL, "values", "deadlock", [vec![1, 2]], || protocols::ten_numbers(false))
        .story("The parent receives until the queue is closed, and joins the child after that."),
        holds("many", many, each_came_once)
            .explored_for(
                "2 producers, 2 consumers, room for 1",
                "values received",
                "lose a value",
                [vec![1, 2]],
                protocols::many,
            )
            .story("Three producers, two consumers, one queue: each message goes to one consumer."),
        holds(
            "closed",
            closed,
            is(["closed"; 4], "two that waited to receive, two to send: all woken"),
        )
        .explored_for("2 consumers", "consumers told", "leave one waiting", [2], protocols::closed)
        .story("The queue is closed while both sides block: all of them return with an error."),
        holds(
            "consumer-killed",
            consumer_killed,
            is(ten(), "killed while it waited; the other one got all ten"),
        )
        .story("A consumer is killed while it blocks: it holds no lock, and the other gets all."),
    ]
}

/// Checks that each of the numbers of three producers came once, and those of one producer in order.
fn each_came_once(mut received: Vec<Vec<u32>>) -> Checked {
    for numbers in &mut received {
        // Stable: those of one producer stay in the order in which they came.
        numbers.sort_by_key(|number| number / 1000);
        if !numbers.is_sorted() {
            return Err(format!("those of a producer were out of order: {numbers:?}"));
        }
    }
    let mut all = received.concat();
    all.sort_unstable();
    let sent = (0..3).flat_map(|producer| (0..100).map(move |n| 1000 * producer + n));
    if !sent.eq(all.iter().copied()) {
        return Err(format!("{} came, not the 300 that were sent", all.len()));
    }
    let counts = format!("{} and {} numbers", received[0].len(), received[1].len());
    Ok(Report::new("3 producers, 2 consumers: each of 300 came once").fact("received", counts))
}
