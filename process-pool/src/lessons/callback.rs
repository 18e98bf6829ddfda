//! The lesson `callback`.

use std::collections::BTreeSet;
use std::process::id;

use process_pool::callback::{
    CallbackDelay, CallbackPlaces, afterwards, delay, in_the_callback, in_the_task, waits,
};
use stage::{Checked, Lesson, Variant, expect};

use super::observe;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("callback", "a callback on completion, and which process it runs in")
        .story(
            "A task runs in a worker process, and cannot reach the caller's memory. Its callback \
             can.",
        )
        .source("process-pool/src/{callback,static_task}.rs")
        .python("callback")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    [
        Variant::breaks("in-the-task", || observe(in_the_task, task_is_away))
            .story("Each task adds to a static of its worker: the caller's copy never changes."),
        Variant::holds("in-the-callback", || observe(in_the_callback, callback_is_here))
            .story("A callback runs in the caller's process, and reaches the caller's total."),
        Variant::holds("set-after", || {
            let here = std::thread::current().name().map(str::to_owned);
            let line = "set when the task was over: run at once, by the caller";
            observe(afterwards, |thread| expect(thread, here, line))
        })
        .story("A callback that is set on a finished task runs at once, on the same thread."),
        Variant::breaks("slow", || delayed(false, "task 2 runs, but its callback waits"))
            .story("All callbacks share one thread: a slow one delays the next."),
        Variant::holds("handed-on", || {
            delayed(true, "a new thread does the slow part: no callback waits")
        })
        .story("The callback starts a thread for the slow part, so the next runs at once."),
        Variant::holds("waits", || {
            let line = "waits for a task of its own pool, and gets its result";
            observe(waits, |numbers| expect(numbers, 12, line))
        })
        .story("A callback waits for another task: no worker waits with it."),
    ]
}

fn delayed(hands_on: bool, line: &str) -> Checked {
    let wanted = CallbackDelay { task_ended: true, called: hands_on };
    observe(|observer| delay(observer, hands_on), |delay| expect(delay, wanted, line))
}

fn task_is_away(CallbackPlaces { tasks, total, .. }: CallbackPlaces) -> Checked {
    let away = !tasks.is_empty() && !tasks.contains(&id());
    let report = expect((total, away), (0, true), "the caller's static is still 0")?;
    Ok(report.fact("tasks ran in", join(&tasks)))
}

fn callback_is_here(places: CallbackPlaces) -> Checked {
    let CallbackPlaces { tasks, callbacks, thread, total } = places;
    let away = !tasks.is_empty() && !tasks.contains(&id());
    let wanted = (55, true, &BTreeSet::from([id()]));
    let report = expect((total, away, &callbacks), wanted, "the ten callbacks add up to 55")?;
    let here = format!("{}, the caller, thread \"{thread}\"", join(&callbacks));
    Ok(report.fact("tasks ran in", join(&tasks)).fact("callbacks ran in", here))
}

fn join(pids: &BTreeSet<u32>) -> String {
    pids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
