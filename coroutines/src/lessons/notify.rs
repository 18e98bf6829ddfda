use coroutines::model::{block_on as block_on_model, notify as model};
use coroutines::on_tokio::notify::{
    Window, checks_first, created_first, enabled, one_permit, watched,
};
use coroutines::tokio_runtime::block_on;
use coroutines::{executor, on_ours::notify as ours};
use stage::{Lesson, Variant, expect};

use super::BEAT;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("notify", "a notification that comes between the check and the wait")
        .story(
            "t1 and t2 find a flag unset. t3 sets it and notifies both, and only then do they \
             wait for a notification.",
        )
        .source("coroutines/src/notify.rs")
        .python("notify")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    let explored = |variant: Variant, run: fn(model::Window) -> usize| {
        variant.explored_for("2 tasks", "tasks woken", "sleep for ever", [2], move || {
            run(model::Window::of_the_schedule())
        })
    };
    let checks = Variant::deadlocks("checks-first", || {
        block_on(checks_first(Window::wide()));
    })
    .story("`notify_waiters` stores nothing for those that make their `notified()` later.");
    let permit = Variant::deadlocks("one-permit", || {
        block_on(one_permit(Window::wide()));
    })
    .story("`notify_one`, twice, stores a single permit: one of the two sleeps on.");
    let created = Variant::holds("created-first", || {
        let line = "a future counts for notify_waiters from its creation";
        expect(block_on(created_first(Window::wide())), 2, line)
    })
    .story("Each makes its `notified()`, checks the flag, and then awaits what it made.");
    let enabled = Variant::holds("enabled", || {
        let line = "each has its place in the queue before it checks";
        expect(block_on(enabled(Window::wide())), 2, line)
    })
    .story("`enable` puts the future into the queue: each `notify_one` wakes another.");
    let watched = Variant::holds("watch", || {
        let line = "a receiver knows which value it has seen";
        expect(block_on(watched(Window::wide())), 2, line)
    })
    .story("A `watch` channel has the flag in it: a change since the check counts.");
    [
        explored(checks, |window| block_on_model(model::checks_first(window))),
        explored(permit, |window| block_on_model(model::one_permit(window))),
        explored(created, |window| block_on_model(model::created_first(window))),
        explored(enabled, |window| block_on_model(model::enabled(window))),
        explored(watched, |window| block_on_model(model::watched(window))),
        Variant::holds("on-ours", || {
            let woken = executor::block_on_paused(async {
                let lost = [
                    executor::timeout(BEAT, ours::checks_first(ours::Window::wide())).await,
                    executor::timeout(BEAT, ours::one_permit(ours::Window::wide())).await,
                ];
                let woken = [
                    ours::created_first(ours::Window::wide()).await,
                    ours::enabled(ours::Window::wide()).await,
                    ours::watched(ours::Window::wide()).await,
                ];
                (lost.map(|lost| lost.is_err()), woken)
            });
            expect(woken, ([true; 2], [2; 3]), "our executor: the same, for the queue is Notify's")
        })
        .story("The same on our executor: the notification is tokio's, and so is its queue."),
    ]
}
