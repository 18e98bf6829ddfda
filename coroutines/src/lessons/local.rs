use std::time::Duration;

use coroutines::on_tokio::local::{SUM, a_runtime_each, await_between, no_await_between, outside};
use coroutines::{model::local as model, on_ours::local as ours};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("local", "tasks that never leave their thread, and share without a lock")
        .story(
            "t1 and t2 each add 2 to one cell. No lock, no data race; and yet updates are lost \
             where an await lies between read and write.",
        )
        .source("coroutines/src/local.rs")
        .python("lost_update")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    const PACE: Duration = Duration::from_millis(4);
    const NOW: Duration = Duration::ZERO;
    [
        Variant::breaks("await-between", || {
            let line = format!("read, await, write: of {SUM} added, {} are there", SUM / 2);
            expect(await_between(PACE), SUM / 2, line)
        })
        .explored_for("2 tasks", "the sum", "lose an update", [SUM], model::yield_between)
        .story("The other task runs at the await, and its update is overwritten."),
        Variant::holds("no-await-between", || {
            let line = format!("no other task runs between read and write: {SUM}");
            expect(no_await_between(PACE), SUM, line)
        })
        .explored_for("2 tasks", "the sum", "lose an update", [SUM], || {
            model::no_await_between(NOW)
        })
        .story("No await between read and write: no other task runs there, no lock is needed."),
        Variant::holds("a-runtime-each", || {
            let line = format!("two threads that share nothing: {SUM} and {SUM}");
            expect(a_runtime_each(PACE), 2 * SUM, line)
        })
        .story("A thread and a runtime for each half: no locks, and two cores are used."),
        Variant::breaks("outside", || {
            expect(outside(), true, "spawned where no executor runs: spawn_local panics")
        })
        .story("A task is spawned where no executor would ever poll it: the call panics."),
        Variant::holds("on-ours", || {
            let sums = [ours::await_between, ours::no_await_between, ours::a_runtime_each]
                .map(|add| add(PACE));
            let line = "our executor: the same, a lost update and a panic included";
            expect((sums, ours::outside()), ([SUM / 2, SUM, 2 * SUM], true), line)
        })
        .story("The same on our executor, whose tasks need not be Send either."),
    ]
}
