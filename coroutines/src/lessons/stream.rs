use coroutines::stream::{buffer_unordered, buffered, by_hand, one_by_one, while_busy};
use coroutines::tokio_runtime::block_on_paced;
use stage::{Lesson, Variant, expect};

use super::{BEAT, came, ms};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("stream", "many values, each waited for; and a buffer that starves")
        .story(
            "Two requests are in flight. While the loop is busy with the first result, the second \
             request is not polled.",
        )
        .source("coroutines/src/stream.rs")
        .python("async_generator")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    [
        Variant::breaks("starved", || {
            let line = "the loop was busy for 50 ms: of its 4 steps, the second request did none";
            expect(block_on_paced(while_busy(BEAT, false)), 0, line)
        })
        .story("`buffered(2)` polls requests only when it is polled: a busy loop stalls them."),
        Variant::holds("fed", || {
            let line = "a task for each request: meanwhile, the second did 3 of its 4 steps";
            expect(block_on_paced(while_busy(BEAT, true)), 3, line)
        })
        .story("Each request is a task of its own: it is polled while the loop is busy."),
        Variant::holds("by-hand", || {
            let line = "poll_next: six ticks, of which the even are squared";
            expect(block_on_paced(by_hand(BEAT / 4)), vec![0, 4, 16], line)
        })
        .story("A `Stream` is a `poll_next`: a value, the end, or Pending with a stored waker."),
        Variant::holds("one-by-one", move || {
            let done = block_on_paced(one_by_one(BEAT));
            came(done, &[0, 1, 2, 3], 10, "40 + 30 + 20 + 10 ms")
        })
        .story("Each request is awaited before the next one is made: the times add up."),
        Variant::holds("buffered", move || {
            came(block_on_paced(buffered(BEAT)), &[0, 1, 2, 3], 6, "two at once, in order")
        })
        .story("Two requests are in flight; results come in order, so that a quick one waits."),
        Variant::holds("buffer-unordered", move || {
            let done = block_on_paced(buffer_unordered(BEAT));
            let mut all = done.order.clone();
            all.sort_unstable();
            let line = format!("two at once, as they come: {:?}, {}", done.order, ms(done.took));
            let took = done.took.as_millis() / BEAT.as_millis();
            expect((done.order[0], all, took), (1, vec![0, 1, 2, 3], 5), line)
        })
        .story("Two requests are in flight; each result comes as soon as it is there."),
    ]
}
