use coroutines::on_ours::guard as ours;
use coroutines::on_tokio::guard::{async_lock, borrow_across, ended_before, lock_across};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("guard", "a lock, or a borrow, held across an await")
        .story(
            "Tasks t1 and t2 share a thread. t1 yields while it holds lock A; t2 blocks their \
             thread on A.",
        )
        .source("coroutines/src/guard.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::deadlocks("lock-across", lock_across)
            .story("t1 yields while it holds a std lock; t2 blocks their thread on that lock."),
        Variant::breaks("borrow-across", || {
            expect(borrow_across(), (true, false), "a RefCell: t2 panicked, for t1 had it borrowed")
        })
        .story("t1 yields while it holds a `RefCell` borrow, so that t2's `borrow_mut` panics."),
        Variant::holds("ended-before", || {
            expect(ended_before(), 2, "the guard is dropped before the await")
        })
        .story("The guard is dropped before the await: no task yields in the critical section."),
        Variant::holds("async-lock", || {
            expect(async_lock(), 2, "a task that waits for tokio's lock yields")
        })
        .story("A task that waits for tokio's mutex yields instead of blocking its thread."),
        Variant::holds("on-ours", || {
            let done = (ours::borrow_across(), ours::ended_before(), ours::async_lock());
            expect(done, ((true, false), 2, 2), "our executor: the same, t2's panic included")
        })
        .story("The variants that end, on our executor: the same panic, the same two fixes."),
    ]
}
