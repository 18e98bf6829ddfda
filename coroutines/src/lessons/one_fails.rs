use coroutines::one_fails::{Seen, Siblings, join, join_set, spawned, try_join};
use coroutines::tokio_runtime::block_on_paced;
use stage::{Checked, Lesson, Variant, expect};

use super::BEAT;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("one-fails", "three at once, and one fails: what becomes of its siblings?")
        .story(
            "Fetch 0 fails after 10 ms; the others would take 20 and 30. Structured \
             concurrency: what returns has left nothing running.",
        )
        .source("coroutines/src/one_fails.rs")
        .python("one_fails")
        .python("task_group")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    const RUNNING: Siblings = (0, 0);
    const DONE: Siblings = (2, 0);
    const CANCELLED: Siblings = (0, 2);
    let checked = |seen: Seen, beats, then, later, line: &str| -> Checked {
        let line = format!("known after {}0 ms: {line}", seen.beats);
        expect(seen, Seen { failed: 1, beats, then, later }, line)
    };
    [
        Variant::breaks("spawned", move || {
            let line = "both others ran on, to ends that nobody awaits";
            checked(block_on_paced(spawned(BEAT)), 1, RUNNING, DONE, line)
        })
        .story("The caller returns the first error; the handles it drops detach their tasks."),
        Variant::holds("join", move || {
            let line = "all three ended, and one result is an error";
            checked(block_on_paced(join(BEAT)), 3, DONE, DONE, line)
        })
        .story("`join!` waits for all three, and has a result of each."),
        Variant::holds("try-join", move || {
            let line = "the others were dropped at their awaits";
            checked(block_on_paced(try_join(BEAT)), 1, CANCELLED, CANCELLED, line)
        })
        .story("`try_join!` returns with the first error, and drops what it polls itself."),
        Variant::breaks("join-set", move || {
            let line = "the others were aborted, and had not ended yet";
            checked(block_on_paced(join_set(BEAT, false)), 1, RUNNING, CANCELLED, line)
        })
        .story("A dropped `JoinSet` aborts its tasks, whose destructors run in a later turn."),
        Variant::holds("scope", move || {
            let line = "the others were cancelled, and had ended";
            checked(block_on_paced(join_set(BEAT, true)), 1, CANCELLED, CANCELLED, line)
        })
        .story("A scope aborts the siblings, waits for their ends, and then returns the error."),
    ]
}
