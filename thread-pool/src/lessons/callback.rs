//! The lesson `callback`.

use stage::{Lesson, Variant, expect};
use thread_pool::BuildError;
use thread_pool::callback::{
    CalledOn, after_the_end, before_the_end, chained, handed_on, slow, waits,
};

use super::text::{self, line};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("callback", "a callback on completion, and which thread calls it")
        .story("One worker. As long as the callback of task 1 runs there, task 2 does not begin.")
        .python("callback")
        .source("thread-pool/src/callback.rs")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    let called = |ran: Result<CalledOn, BuildError>, wanted: &str, what: &str| {
        let CalledOn { task, callback, result } = ran.map_err(line)?;
        let said = format!("{what}: on {callback}; the task ran on {task}");
        let report = expect((&*task, &*callback, result), ("w1", wanted, 100), said)?;
        Ok(report.fact("it prints", format!("result {result} on {callback}")))
    };
    [
        Variant::breaks("slow", move || {
            text::expect(slow(), false, "until the callback ended, task 2 did not begin")
        })
        .story("The callback runs on the only worker, which begins no other task meanwhile."),
        Variant::holds("handed-on", move || {
            text::expect(
                handed_on(),
                true,
                "the submitter does the slow part; task 2 ended meanwhile",
            )
        })
        .story("The callback only sends a message: the submitter does the slow part."),
        Variant::holds("set-before", move || {
            called(before_the_end(), "w1", "set while the task runs")
        })
        .story("A callback that is set before the task ends is called by the worker that ends it."),
        Variant::holds("set-after", move || {
            called(after_the_end(), "lesson", "set when it was over")
        })
        .story(
            "Set after the task has ended, a callback is called at once, on the setter's thread.",
        ),
        Variant::deadlocks("waits", waits)
            .story("The callback waits for a task that is queued behind it on the only worker."),
        Variant::holds("chained", || {
            let what = "it submits task 2 with a callback of its own, and ends";
            text::expect(chained(), 2, what)
        })
        .story("The callback submits a task with a callback of its own: no thread waits."),
    ]
}
