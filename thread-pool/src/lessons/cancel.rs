//! The lesson `cancel`.

use kit::sync_point::SyncPoint;
use stage::{Lesson, Variant, expect};
use thread_pool::cancel::{deadline, queued, running, token, wait_limit};
use thread_pool::model::cancel_race as model;
use thread_pool::real::cancel_race::{Fate, looked_first, one_step};

use super::text;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("cancel", "a task that is no longer wanted, and timeouts")
        .story("A queued task can be cancelled; one that runs has to check: no thread is stopped.")
        .source("thread-pool/src/{cancel,cancel_race}.rs")
        .python("cancel")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    let explored = |variant: Variant, run: fn(SyncPoint) -> model::Fate| {
        let right = [model::Fate::Ran, model::Fate::Cancelled];
        variant.explored_for("2 threads", "", "do both", right, move || run(SyncPoint::none()))
    };
    [
        Variant::holds("queued", || {
            text::expect(queued(), true, "it never begins, and its handle says so")
        })
        .story("A task that has not begun is cancelled: its handle is told, and it never runs."),
        Variant::breaks("running", || {
            text::expect(running(), false, "cancel says no; it runs to its end")
        })
        .story("A task that has begun cannot be cancelled from outside, and keeps its worker."),
        Variant::holds("token", || {
            text::expect(token(), 3, "checked between two steps: it stopped after 3 of 100")
        })
        .story("The task checks a cancellation token between its steps, and returns early."),
        Variant::breaks("wait-limit", || {
            text::expect(wait_limit(), true, "the caller gave up; the task kept its worker")
        })
        .story("A timeout ends the waiting only: the task runs on and keeps its worker."),
        Variant::holds("deadline", || {
            text::expect(deadline(), false, "the task checked, and returned; the next one ran")
        })
        .story("The task checks a token with a deadline, and so its worker is free again."),
        explored(
            Variant::breaks("looked-first", move || {
                expect(
                    looked_first(SyncPoint::of(2)),
                    Fate::Both,
                    "cancelled, says the caller; and it ran",
                )
            })
            .story("Worker and caller check, then take the task: not atomic, so both may take it."),
            model::looked_first,
        ),
        explored(
            Variant::holds("one-step", move || {
                let fate = one_step(SyncPoint::of(2));
                let winner = if fate == Fate::Ran { "worker" } else { "caller" };
                let one = matches!(fate, Fate::Ran | Fate::Cancelled);
                expect(one, true, format!("the {winner} had it"))
            })
            .story("Worker and caller take the task by a compare-and-swap: exactly one succeeds."),
            model::one_step,
        ),
    ]
}
