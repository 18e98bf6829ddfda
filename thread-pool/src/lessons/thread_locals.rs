//! The lesson `thread-locals`.

use stage::{Lesson, Variant};
use thread_pool::thread_locals::{cleared_by_hand, guarded, kept, left};

use super::text::expect;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("thread-locals", "what one task leaves for the next on the same thread")
        .story("A task sets its user in a thread-local; the next on that thread sets none.")
        .source("thread-pool/src/thread_locals.rs")
        .python("left_behind")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    [
        Variant::breaks("left", || {
            let said = "the next task is served as alice";
            expect(left(), Some("alice"), said)
        })
        .story("The task leaves its user in the thread-local, which lives as long as the worker."),
        Variant::breaks("by-hand", || {
            let said = "a panic came before it was cleared: the next task is alice's";
            expect(cleared_by_hand(), Some("alice"), said)
        })
        .story("The task clears the thread-local in its last line, which a panic skips."),
        Variant::holds("guard", || {
            expect(guarded(), None, "a panic came here, too; the next task sees no user")
        })
        .story("A guard's drop clears the user, also when a panic unwinds the task."),
        Variant::breaks("kept", || {
            let said = "the task is over; its buffer of 1 MiB is there until the pool ends";
            expect(kept(1 << 20), [1 << 20, 0], said)
        })
        .story("A buffer in a thread-local is dropped when its thread ends, not its task."),
    ]
}
