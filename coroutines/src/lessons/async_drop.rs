use std::time::Duration;

use coroutines::model::{async_drop as model, block_on as block_on_model};
use coroutines::on_tokio::async_drop::{Heard, at_the_end, in_drop, nobody_waits, spawned, told};
use coroutines::tokio_runtime::block_on_paced;
use coroutines::{executor, on_ours::async_drop as ours};
use stage::{Checked, Lesson, Variant, expect};

use super::BEAT;

const LEFT_OPEN: [&str; 1] = ["begin"];
const ENDED: [&str; 2] = ["begin", "rollback"];

pub(crate) fn lesson() -> Lesson {
    Lesson::new("async-drop", "a clean-up that has to await, when a task is cancelled")
        .story(
            "A task begins a transaction at a peer, and would commit it after 30 ms. It is \
             cancelled after 10, and the peer should be told to roll back.",
        )
        .source("coroutines/src/async_drop.rs")
        .python("clean_up")
        .variants(variants)
}

/// Reports what the peer was told, if that is `wanted`.
fn heard(heard: Heard, wanted: &[&'static str], line: &str) -> Checked {
    let line = format!("told {}: {line}", heard.join(", "));
    expect(heard, wanted.to_vec(), line)
}

fn variants() -> [Variant; 6] {
    const NOW: Duration = Duration::ZERO;
    let explored = |variant: Variant, run: fn() -> Heard| {
        let (size, what, fails) = ("cancelled anywhere", "transactions left open", "leave it open");
        variant.explored_for(size, what, fails, [0], move || run().len() % 2)
    };
    let last = Variant::breaks("at-the-end", || {
        heard(block_on_paced(at_the_end(BEAT)), &LEFT_OPEN, "no line below the await is reached")
    })
    .story("The task is dropped at its await, above the line that ends the transaction.");
    let in_drop = Variant::breaks("in-drop", || {
        heard(block_on_paced(in_drop(BEAT)), &LEFT_OPEN, "nobody polls the future of the send")
    })
    .story("A destructor can make the future that tells the peer, and cannot await it.");
    let spawned = Variant::holds("spawned", || {
        heard(block_on_paced(spawned(BEAT)), &ENDED, "by a task, which nobody aborts")
    })
    .story("The destructor spawns the clean-up, as a task of its own.");
    let told = Variant::holds("told", || {
        heard(block_on_paced(told(BEAT)), &ENDED, "by the task, which stopped its work alone")
    })
    .story("The task is told to stop, drops its work in a `select!`, and cleans up itself.");
    [
        explored(last, || block_on_model(model::at_the_end(NOW))),
        explored(in_drop, || block_on_model(model::in_drop(NOW))),
        explored(spawned, || block_on_model(model::spawned(NOW))),
        Variant::breaks("nobody-waits", || {
            heard(nobody_waits(), &LEFT_OPEN, "the clean-up was dropped with its runtime")
        })
        .story("As spawned, but the runtime ends while the clean-up waits: it is dropped, too."),
        explored(told, || block_on_model(model::told(NOW))),
        Variant::holds("on-ours", || {
            let (open, ended) = executor::block_on_paused(async {
                let open = [ours::at_the_end(BEAT).await, ours::in_drop(BEAT).await];
                (open, [ours::spawned(BEAT).await, ours::told(BEAT).await])
            });
            let out = (open, ours::nobody_waits(), ended);
            let wanted =
                ([LEFT_OPEN; 2].map(Vec::from), LEFT_OPEN.into(), [ENDED; 2].map(Vec::from));
            expect(out, wanted, "our executor: the same")
        })
        .story("The same on our executor: no runtime can await in a destructor."),
    ]
}
