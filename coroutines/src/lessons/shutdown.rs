use std::time::Duration;

use coroutines::model::shutdown as model;
use coroutines::shutdown::{Orders, Stages, in_order, with_a_limit};
use coroutines::tokio_runtime::block_on_paced;
use stage::{Checked, Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("shutdown", "how tasks are told to end, in order")
        .story(
            "Three stages: accept, work, store. Dropped at their awaits, they lose what they had \
             accepted.",
        )
        .source("coroutines/src/shutdown.rs")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    const BEAT: Duration = Duration::from_millis(8);
    const ENOUGH: u32 = 6;
    let ended = |orders: Orders, wanted: (u32, u32, usize), line: &str| -> Checked {
        let Orders { accepted, stored, aborted } = orders;
        let line = format!("{accepted} accepted, {stored} stored{line}");
        expect((accepted, stored, aborted), wanted, line)
    };
    [
        Variant::breaks("dropped", move || {
            let stages = block_on_paced(Stages::started(ENOUGH, BEAT));
            ended(stages.orders(0), (ENOUGH, 2, 0), ": the rest is gone")
        })
        .explored_for("2 orders", "orders lost", "lose one", [0], || model::lost(true))
        .story("The runtime is dropped: every future is dropped at its await."),
        Variant::holds("in-order", move || {
            let orders = block_on_paced(in_order(ENOUGH, BEAT));
            ended(orders, (ENOUGH, ENOUGH, 0), "; each stage ended after its input")
        })
        .explored_for("2 orders", "orders lost", "lose one", [0], || model::lost(false))
        .story("The first stage is told to stop; each stage ends when its input has ended."),
        Variant::holds("with-a-limit", move || {
            let orders = block_on_paced(with_a_limit(ENOUGH, BEAT));
            ended(orders, (ENOUGH, ENOUGH, 1), "; the one that did not end in time was aborted")
        })
        .story("As in-order, with a timeout: a task that is left then is aborted, and counted."),
    ]
}
