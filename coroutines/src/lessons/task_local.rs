use coroutines::on_tokio::task_local::{by_poll, of_the_task, of_the_thread, spawns};
use coroutines::{model::task_local as model, on_ours::task_local as ours};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("task-local", "what a request carries along: its id, in each log line")
        .story(
            "Two requests on one thread. Each stores its id, waits until the other one has begun, \
             and logs the id that it finds.",
        )
        .source("coroutines/src/task_local.rs")
        .python("context_vars")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    let (size, what, fails) = ("2 requests", "wrong ids", "log another's id");
    [
        Variant::breaks("thread-local", || {
            expect(of_the_thread(), 1, "1 of 2 logs the other's id: a thread-local is shared")
        })
        .explored_for(size, what, fails, [0], model::of_the_thread)
        .story("The id is kept in a thread-local, which the other request overwrites."),
        Variant::holds("by-poll", || {
            expect(by_poll(), 0, "the id is put there before each poll, and taken out after it")
        })
        .explored_for(size, what, fails, [0], model::by_poll)
        .story("A wrapper swaps the thread-local before and after each poll."),
        Variant::holds("task-local", || {
            expect(of_the_task(), 0, "tokio's task_local! does that swap")
        })
        .explored_for(size, what, fails, [0], model::of_the_task)
        .story("The id is kept in a `task_local!`, whose `scope` wraps the request's future."),
        Variant::breaks("spawned", || {
            let line = "a spawned task finds none, unless its spawner opens a scope for it";
            expect(spawns(), [None, Some(7)], line)
        })
        .story("The request spawns a task: a task-local is its own task's, and not inherited."),
        Variant::holds("on-ours", || {
            let wrong = [ours::of_the_thread(), ours::by_poll(), ours::of_the_task()];
            let line = "our executor: the same, for a scope is a future like any other";
            expect((wrong, ours::spawns()), ([1, 0, 0], [None, Some(7)]), line)
        })
        .story("The same on our executor: `scope` needs no runtime, it acts at each poll."),
    ]
}
