use std::time::Duration;

use coroutines::{on_ours, on_tokio};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("tasks", "spawned, joined, aborted")
        .story(
            "Three tasks take turns on one thread. One ends, one is aborted at its await, one \
             panics.",
        )
        .source("coroutines/src/tasks.rs")
        .python("tasks")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    const PACE: Duration = Duration::from_millis(3);
    let wanted = (Some(2), true, true);
    let line = "t1 returned 2, t2 was aborted, t3 panicked alone";
    [
        Variant::holds("ours", move || expect(on_ours::tasks::run(PACE), wanted, line))
            .story("A task ends by returning, by an abort, or by a panic, which its handle keeps."),
        Variant::holds("tokio", move || expect(on_tokio::tasks::run(PACE), wanted, line))
            .story("The same tasks on tokio's current-thread runtime, with the same three ends."),
    ]
}
