use std::time::Duration;

use coroutines::blocking::{
    Stall, TICKS, block_in_place, on_every_worker, on_the_runtime, spawn_blocking,
};
use stage::{Checked, Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("blocking", "a blocking call stalls all the tasks of its thread")
        .story(
            "The caller blocks its thread until the ticker has ticked five times. On the caller's \
             own thread, the ticker never ticks.",
        )
        .source("coroutines/src/blocking.rs")
        .python("to_thread")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    const PERIOD: Duration = Duration::from_millis(4);
    const LIMIT: Duration = Duration::from_millis(80);
    // It only ends a wait that would be in vain.
    const PLENTY: Duration = Duration::from_secs(20);
    let shown = |Stall { ticks, longest }: Stall, wanted: u32, line: &str| -> Checked {
        let gap = format!("a gap of {:.0} ms", longest.as_secs_f64() * 1e3);
        let stalled = wanted > 0 || longest >= LIMIT;
        let line = format!("{ticks} of {TICKS} ticks during the call, {gap}: {line}");
        expect((ticks, stalled), (wanted, true), line)
    };
    [
        Variant::breaks("on-the-runtime", move || {
            shown(on_the_runtime(PERIOD, LIMIT), 0, "it timed out after 80 ms")
        })
        .story(
            "The call blocks the only thread, so that the ticker that would end it is not polled.",
        ),
        Variant::breaks("on-every-worker", move || {
            shown(on_every_worker(PERIOD, LIMIT), 0, "two workers, two calls")
        })
        .story("Two calls block both workers: no worker is left to poll the ticker."),
        Variant::holds("spawn-blocking", move || {
            shown(spawn_blocking(PERIOD, PLENTY), TICKS, "on a thread that is there for it")
        })
        .story("The call runs on the runtime's pool for blocking calls: the thread is free."),
        Variant::holds("block-in-place", move || {
            shown(block_in_place(PERIOD, PLENTY), TICKS, "the tasks moved to another thread")
        })
        .story("The worker hands its tasks over to another thread before it blocks."),
    ]
}
