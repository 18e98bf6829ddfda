//! The lesson `from-condvar`: a semaphore, a reader-writer lock and a latch, as at a whiteboard.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(4);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("from-condvar", "a semaphore, a reader-writer lock, a latch, at a whiteboard")
        .story(
            "A mutex and a condition variable are enough for each: the state is a value under the \
             mutex. When is one notification too few?",
        )
        .source("locks/src/{from_condvar,from_condvar/rwlock}.rs")
        .python("reader_writer")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    use model::from_condvar as modelled;
    use real::from_condvar::{latch, latch_notify_one, rwlock, semaphore};
    let one = Variant::deadlocks("latch-notify-one", || latch_notify_one(1_000))
        .story("Wakes one thread when the latch opens: two wait, and nothing wakes the other.");
    let latch = Variant::holds("latch", || {
        latch(PACE);
        expect((), (), "it opens for good: both are woken")
    })
    .story("Wakes all threads when the latch opens, for all of them can go on.");
    let semaphore = Variant::holds("semaphore", || {
        expect(semaphore(2, PACE), 2, "two permits, three threads: two are inside at once")
    })
    .story("Wakes one thread for each permit that is released, for one thread can take it.");
    let rwlock = Variant::holds("rwlock", || {
        expect(rwlock(PACE), 2, "two readers at once, then the writer alone")
    })
    .story("Wakes all when a thread leaves, for readers and writers wait in one place.");
    Vec::from([
        one.explored("3 threads", "deadlock", || modelled::latch_notify_one(1)),
        latch.explored("3 threads", "deadlock", || modelled::latch(Duration::ZERO)),
        semaphore.explored_for("2 threads", "the most inside", "admit two", [1], || {
            modelled::semaphore(1, Duration::ZERO)
        }),
        rwlock.explored_for(
            "3 threads",
            "the most inside, a writer as two",
            "admit more",
            [2],
            || modelled::rwlock(Duration::ZERO),
        ),
    ])
}
