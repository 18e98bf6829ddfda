//! The lesson `unbounded`.

use std::ops::RangeInclusive;
use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant};
use thread_pool::unbounded::{ThreadUse, curve, expected, per_task, pooled};

use super::text::{bar, count, line, mebibytes, time};

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// How many tasks there are, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 2000,
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    tasks: u16,
}

const WORKERS: usize = 4;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("unbounded", "a thread for each of thousands of tasks, beside a pool of four")
        .story("A gate holds each thread until the last is started; then a pool does the same.")
        .source("thread-pool/src/unbounded.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 3] {
    let tasks = usize::from(options.tasks);
    // A thread is started in a fraction of 10 ms.
    let limit = Duration::from_secs(30) + Duration::from_millis(10) * u32::from(options.tasks);
    let each = move || -> Checked {
        let used = per_task(tasks).map_err(line)?;
        checked(&used, tasks, tasks..=tasks)?;
        let line = format!("threads alive at once: {}, one for each task", used.most_alive);
        let all = used.system.is_none_or(|[_, most]| most.threads >= tasks);
        if all { Ok(report(&used, line)) } else { Err(line) }
    };
    let pool = move || -> Checked {
        let used = pooled(tasks, WORKERS).map_err(line)?;
        checked(&used, tasks, 1..=WORKERS)?;
        let of = count(tasks, "task");
        Ok(report(&used, format!("threads alive at once: never more than {WORKERS}, for {of}")))
    };
    [
        Variant::breaks("per-task", each)
            .within(limit)
            .story("Each task has a thread of its own: as many are alive as there are tasks."),
        Variant::holds("pool", pool)
            .within(limit)
            .story("Four workers take the tasks from one queue: never more threads than workers."),
        Variant::holds("curve", move || drawn(tasks))
            .within(4 * limit)
            .story("Both, with an eighth, a quarter, half and all of the tasks: the cost of each."),
    ]
}

/// Checks that every task was run exactly once, that the results are right, and how many threads were
/// alive at once.
fn checked(used: &ThreadUse, tasks: usize, alive: RangeInclusive<usize>) -> Result<(), String> {
    let once = used.runs.iter().filter(|&&runs| runs == 1).count();
    let all = (once, used.runs.len(), used.sum) == (tasks, tasks, expected(tasks));
    if all && alive.contains(&used.most_alive) {
        return Ok(());
    }
    let ThreadUse { most_alive, sum, .. } = used;
    Err(format!("{once} of {tasks} tasks run once, their sum {sum}, {most_alive} threads at once"))
}

fn report(used: &ThreadUse, line: String) -> Report {
    let (report, took) = (Report::new(line), format!("took {}", time(used.took)));
    let Some(system) = used.system else {
        return report.fact(took, "the system counts nothing here: there is no /proc");
    };
    let [before, most] = system.map(|system| system.threads);
    let (threads, more) = (count(most, "thread"), mebibytes(system));
    report.fact(took, format!("seen: {threads}, {before} before; {more} more"))
}

/// Draws time and memory for more and more tasks, of both.
fn drawn(tasks: usize) -> Checked {
    let points = curve(tasks, WORKERS).collect::<Result<Vec<_>, _>>().map_err(line)?;
    for [each, pool] in &points {
        let tasks = each.runs.len();
        checked(each, tasks, tasks..=tasks)?;
        checked(pool, tasks, 1..=WORKERS)?;
    }
    let memory = |used: &ThreadUse| {
        used.system.map_or_else(String::new, |of| " ".to_owned() + &mebibytes(of))
    };
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    let longest = points.iter().map(|[each, _]| each.took).max().unwrap_or_default();
    let line = format!("a thread for each task; on the pool never more than {WORKERS}");
    Ok(points.iter().fold(Report::new(line), |report, [each, pool]| {
        let bar = bar(each.took.as_secs_f64() / longest.as_secs_f64(), 5);
        let (of_each, of_pool) = (memory(each), memory(pool));
        let tasks = count(pool.runs.len(), "task");
        let each = format!("{bar} {:>4.0} ms{of_each}", ms(each.took));
        report.fact(tasks, format!("{each}; pool {:.0} ms{of_pool}", ms(pool.took)))
    }))
}
