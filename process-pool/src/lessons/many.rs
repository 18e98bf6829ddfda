//! The lessons on many tasks: their results, and how they are sent.

use std::time::Duration;

use process_pool::chunk::{self, LeftBehind, Point};
use process_pool::results::as_completed as come;
use process_pool::results::map::{self, Results, TASKS, WORKERS, in_order};
use stage::{Checked, Lesson, Report, Variant, duration, expect};

use super::ran;

pub(crate) fn map() -> Lesson {
    Lesson::new("map", "ten results in the order of the tasks")
        .story("Four workers. Task 1 ends last; its result comes first all the same.")
        .source("process-pool/src/results/map.rs")
        .variants(map_variants)
}

fn map_variants() -> Vec<Variant> {
    let results = |results: Result<Results, String>, at_work, line: String| {
        expect(results?, Results { order: in_order(), at_work }, line)
    };
    Vec::from([
        Variant::breaks("one-at-a-time", move || {
            results(ran(map::one_at_a_time), 1, format!("1 of {WORKERS} workers at work at a time"))
        })
        .story(
            "The caller waits for each result before it submits the next task, so one \
                    worker works at a time.",
        ),
        Variant::holds("map", move || {
            let line = format!("{WORKERS} workers at work; task 1 ends last, and comes first");
            results(ran(map::map), WORKERS as u64, line)
        })
        .story(
            "map submits every task before it waits, and returns the results in the tasks' \
                    order.",
        ),
        Variant::holds("one-fails", || {
            let came = ran(map::one_fails)?;
            let (done, failed): (Vec<_>, Vec<_>) = came.iter().partition(|one| one.is_ok());
            let in_place = matches!(came.get(4), Some(Err(said)) if said.contains("no such luck"));
            let line = "task 5 panics: an error in its place, and nine results";
            let said =
                failed.first().and_then(|one| one.as_ref().err()).cloned().unwrap_or_default();
            expect((done.len(), failed.len(), in_place), (9, 1, true), line)
                .map(|report| report.fact("error", said.replace('\n', " ")))
        })
        .story(
            "A task that panics is an error in its own place, and costs no other task its \
                    result.",
        ),
    ])
}

pub(crate) fn as_completed() -> Lesson {
    Lesson::new("as-completed", "ten results, each as soon as it is there")
        .story("Task 1 is slow: it waits at a gate. The other nine are done at once.")
        .source("process-pool/src/results/as_completed.rs")
        .variants(as_completed_variants)
}

fn as_completed_variants() -> Vec<Variant> {
    let others = TASKS as usize - 1;
    Vec::from([
        Variant::breaks("in-order", move || {
            let line = format!("{others} results lie ready behind task 1");
            let had = come::Had { order: (1..=TASKS as usize).collect(), ready: others };
            expect(ran(come::in_order)?, had, line)
        })
        .story("The caller waits for task 1 first, while the results of the other nine are ready."),
        Variant::holds("as-completed", move || {
            let had = ran(come::as_they_come)?;
            let order = had.order.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let line = format!("the caller has {others} results before task 1 ends");
            expect((had.order.len(), had.order.last()), (TASKS as usize, Some(&1)), line)
                .map(|report| report.fact("the order", order))
        })
        .story("as_completed yields each result when it arrives, so the slow task comes last."),
    ])
}

pub(crate) fn chunk() -> Lesson {
    Lesson::new("chunk", "how many tasks go in one message, and where it pays")
        .story("Twenty tasks, the first of them long. Then the time per task, by chunk size.")
        .source("process-pool/src/chunk.rs")
        .variants(chunk_variants)
}

fn chunk_variants() -> Vec<Variant> {
    let behind = |behind: Result<LeftBehind, String>, waiting, line: &str| -> Checked {
        expect(behind?, LeftBehind { over: 19 - waiting, waiting }, line)
    };
    Vec::from([
        Variant::breaks("cut-beforehand", move || {
            let line = "4 wait behind the long one; 1 worker idles";
            behind(ran(chunk::cut), 4, line)
        })
        .story(
            "Twenty tasks are cut into four chunks: what is behind the long task waits, \
                    while a worker idles.",
        ),
        Variant::holds("uncut", move || {
            behind(
                ran(chunk::uncut),
                0,
                "none waits for the long one: those behind it are taken back",
            )
        })
        .story(
            "The pool takes back the tasks that it has sent ahead to a worker whose task \
                    turns out to be long.",
        ),
        Variant::holds("curve", || {
            let empty = ran(|program| chunk::curve(program, 0, 2000))?;
            let short = ran(|program| chunk::curve(program, 20, 1000))?;
            let long = ran(|program| chunk::curve(program, 1000, 50))?;
            Ok(table(&[empty, short, long]))
        })
        .story(
            "The time per task by chunk size, for empty tasks, tasks of 20 µs and tasks of \
                    1 ms.",
        ),
    ])
}

/// Writes the curves side by side, a row a size.
fn table(curves: &[Vec<Point>; 3]) -> Report {
    let row = |columns: [String; 3]| {
        let [empty, short, long] = columns;
        format!("{empty:>8} {short:>10} {long:>10}")
    };
    let heads = ["empty", "of 20 µs", "of 1 ms"];
    let report = Report::measured("time per task, on two workers");
    let report = report.fact("tasks", row(heads.map(str::to_owned)));
    let [empty, short, long] = curves;
    empty.iter().zip(short).zip(long).fold(report, |report, ((empty, short), long)| {
        let chunk =
            empty.chunk.map_or_else(|| "default".to_owned(), |chunk| format!("chunk {chunk}"));
        report.fact(chunk, row([empty, short, long].map(|point| time(point.a_task))))
    })
}

fn time(time: Duration) -> String {
    duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
