use std::sync::OnceLock;

use coroutines::cost::{self, Cost};
use coroutines::{on_ours::task as ours, on_tokio::task as tokio};
use stage::{Checked, Lesson, Report, Variant, duration, grouped};

/// No stack has less.
const PAGE: u64 = 4096;
const TASKS: u32 = 10_000;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("cost", "what a task, a coroutine and a thread take: memory, and time to switch")
        .story(
            "Thousands wait, and their memory is counted; then two take turns, and a switch is \
             timed. Beside each, how many times ours it is.",
        )
        .source("coroutines/src/{cost,cost/task}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let task = |cost: &Cost| {
        if cost.memory.is_none_or(|bytes| bytes >= PAGE) {
            return Err(format!("no task takes that: {cost:?}"));
        }
        Ok(report(cost))
    };
    let stack = |cost: std::io::Result<Cost>| -> Checked {
        let cost = cost.map_err(|error| format!("there is no room for them: {error}"))?;
        if cost.memory.is_some_and(|bytes| bytes < PAGE) {
            return Err(format!("no stack takes so little: {cost:?}"));
        }
        Ok(report(&cost).fact("stack", format!("{} bytes reserved", grouped(cost.reserved))))
    };
    [
        Variant::holds("ours", move || {
            let report =
                task(least())?.fact("future", format!("{} of these bytes", ours::future()));
            let debug = "for debugging; with --release, tasks and coroutines switch much faster";
            Ok(if cfg!(debug_assertions) { report.fact("built", debug) } else { report })
        })
        .story("One allocation, future and header; a switch returns from one poll to the next."),
        Variant::holds("tokio", move || task(&tokio::cost(TASKS)))
            .story("The same tasks on tokio, whose header also serves work stealing."),
        Variant::holds("stackful", move || stack(cost::stackful(1_000)))
            .story("A stack takes at least one page of memory; a switch saves a few registers."),
        Variant::holds("thread", move || {
            Ok(stack(cost::threads(500))?
                .fact("kernel", "what it keeps for a thread is not counted"))
        })
        .story("A stack and kernel structures; a context switch is a system call."),
    ]
}

/// Returns the cost of our tasks, with which the others are compared; it is measured once.
fn least() -> &'static Cost {
    static OURS: OnceLock<Cost> = OnceLock::new();
    OURS.get_or_init(|| ours::cost(TASKS))
}

fn report(cost: &Cost) -> Report {
    let ours = least();
    let memory = match (cost.memory, ours.memory) {
        (Some(bytes), Some(least)) => {
            format!("{} bytes each ({})", grouped(bytes), ratio(bytes as f64 / least as f64))
        }
        _ => "their memory is not counted here".to_owned(),
    };
    let switch = ratio(cost.switch.as_secs_f64() / ours.switch.as_secs_f64());
    Report::measured(format!("{} wait, {memory}", grouped(cost.waiting)))
        .fact("switch", format!("{} ({switch})", duration(cost.switch.as_nanos() as u64)))
}

fn ratio(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.1} ×") } else { format!("{ratio:.0} ×") }
}
