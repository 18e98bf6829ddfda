//! The lesson on what waiting and switching cost.

use std::sync::OnceLock;

use coroutines::cost::{Cost, stackful, threads};
use coroutines::{on_ours, on_tokio};
use stage::{Checked, Lesson, Report, Variant, duration, grouped};

/// No stack has less.
const PAGE: u64 = 4096;

pub(crate) fn cost() -> Lesson {
    Lesson::new("cost", "what a task, a coroutine and a thread take: memory, and time to switch")
        .story(
            "Thousands wait, and their memory is counted; then two take turns, and a switch is \
             timed. Beside each, how many times ours it is.",
        )
        .source("coroutines/src/cost/")
        .variants(cost_variants)
}

fn cost_variants() -> Vec<Variant> {
    const TASKS: u32 = 10_000;
    let task = |cost: &Cost| {
        if cost.memory.is_none_or(|bytes| bytes >= PAGE) {
            return Err(format!("no task takes that: {cost:?}"));
        }
        Ok(said(cost))
    };
    let stack = |cost: std::io::Result<Cost>| -> Checked {
        let cost = cost.map_err(|error| format!("there is no room for so many: {error}"))?;
        if cost.memory.is_some_and(|bytes| bytes < PAGE) {
            return Err(format!("no stack takes so little: {cost:?}"));
        }
        let said = said(&cost).fact("stack", format!("{} bytes set aside", count(cost.reserved)));
        Ok(if cost.memory.is_none() {
            said.fact("memory", "this system does not say")
        } else {
            said
        })
    };
    Vec::from([
        Variant::holds("ours", move || {
            let shown =
                task(ours())?.fact("future", format!("{} of these bytes", on_ours::task::future()));
            Ok(if cfg!(debug_assertions) {
                shown.fact(
                    "built",
                    "for debugging; with --release, tasks and coroutines switch much faster",
                )
            } else {
                shown
            })
        })
        .story(
            "A task of ours is one allocation: its future and a header; a switch \
                 returns from one poll and calls the next.",
        ),
        Variant::holds("tokio", move || task(&on_tokio::task::cost(TASKS))).story(
            "The same tasks on tokio, whose header also serves work stealing and \
                 handles of other threads.",
        ),
        Variant::holds("stackful", move || stack(stackful::cost(1_000))).story(
            "A stackful coroutine has a stack: at least one page of memory; a switch \
                 saves a few registers.",
        ),
        Variant::holds("thread", move || {
            let shown = stack(threads::cost(500))?;
            Ok(shown.fact("kernel", "what it keeps for a thread is not counted"))
        })
        .story(
            "A thread has a stack and kernel structures; a switch is a system call \
                 and the scheduler's choice.",
        ),
    ])
}

/// What the others are compared with, measured once.
fn ours() -> &'static Cost {
    static OURS: OnceLock<Cost> = OnceLock::new();
    OURS.get_or_init(|| on_ours::task::cost(10_000))
}

fn said(cost: &Cost) -> Report {
    let ours = ours();
    let memory = match (cost.memory, ours.memory) {
        (Some(bytes), Some(least)) => {
            format!("{} bytes each ({})", count(bytes), ratio(bytes as f64 / least as f64))
        }
        _ => "their memory is not counted here".to_owned(),
    };
    let switch = ratio(cost.switch.as_secs_f64() / ours.switch.as_secs_f64());
    Report::measured(format!("{} wait, {memory}", count(cost.waiting.into())))
        .fact("switch", format!("{} ({switch})", duration(cost.switch.as_nanos() as u64)))
}

fn ratio(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.1} ×") } else { format!("{ratio:.0} ×") }
}

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}
