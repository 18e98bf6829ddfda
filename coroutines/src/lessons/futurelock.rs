use std::time::Duration;

use coroutines::model::{block_on as block_on_model, futurelock as model};
use coroutines::on_tokio::futurelock::{by_reference, dropped, polled, spawned};
use coroutines::tokio_runtime::block_on_paced;
use coroutines::{executor, on_ours::futurelock as ours};
use stage::{Lesson, Variant, expect};

use super::BEAT;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("futurelock", "a future that waits for a lock, and is neither polled nor dropped")
        .story(
            "t1 holds lock A for 30 ms. t2 waits for A in a select!, for 10 ms at the most, and \
             then acquires A to note that it is late.",
        )
        .source("coroutines/src/futurelock.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    const NOW: Duration = Duration::ZERO;
    let (size, what, fails) = ("2 tasks", "notes under the lock", "wait for ever");
    let late = || vec!["t1", "late"];
    let both = || vec!["t1", "in time", "late"];
    [
        Variant::deadlocks("by-reference", || block_on_paced(by_reference(BEAT)))
            .explored_for(size, what, fails, [2], || block_on_model(model::by_reference(NOW)).len())
            .story(
                "`select!` borrows the future that waits: it stays queued, gets A, is not polled.",
            ),
        Variant::holds("dropped", move || {
            expect(block_on_paced(dropped(BEAT)), late(), "the first wait has left the queue")
        })
        .explored_for(size, what, fails, [2], || block_on_model(model::dropped(NOW)).len())
        .story("`select!` owns the future that waits, and drops it before the other branch runs."),
        Variant::holds("polled", move || {
            let line = "both waits are polled, and served in turn";
            expect(block_on_paced(polled(BEAT)), both(), line)
        })
        .explored_for(size, what, fails, [2, 3], || block_on_model(model::polled(NOW)).len())
        .story("The first wait is polled on, beside the second one, by `join!`."),
        Variant::holds("spawned", move || {
            let line = "the executor polls the first wait";
            expect(block_on_paced(spawned(BEAT)), both(), line)
        })
        .explored_for(size, what, fails, [2, 3], || block_on_model(model::spawned(NOW)).len())
        .story("The first wait is a task of its own: t2 may leave its handle alone."),
        Variant::holds("on-ours", move || {
            let noted = executor::block_on_paused(async {
                let stuck = executor::timeout(10 * BEAT, ours::by_reference(BEAT)).await.is_err();
                let noted = [ours::dropped(BEAT).await, ours::polled(BEAT).await];
                (stuck, noted, ours::spawned(BEAT).await)
            });
            let line = "our executor: the same, for the queue is the lock's";
            expect(noted, (true, [late(), both()], both()), line)
        })
        .story("The same on our executor: the lock is tokio's, and so is its queue."),
    ]
}
