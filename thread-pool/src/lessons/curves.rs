//! The lesson `sizing`, and the curve of `unbounded`.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant};
use thread_pool::sizing::{Task, curve};
use thread_pool::unbounded::{Outcome, curve as curve_of_threads};

use super::checked;

/// What `sizing` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Sizing {
    /// Up to how many workers, 1 to 256
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
}

pub(crate) fn sizing() -> Lesson {
    Lesson::new("sizing", "as many workers as can be at work at once")
        .story(
            "The same 64 tasks on pools of 1, 2, 4 … workers. Tasks that compute want a worker \
             for each core; tasks that wait want more.",
        )
        .source("thread-pool/src/sizing.rs")
        .variants_with(sizing_variants)
}

fn sizing_variants(&options: &Sizing) -> Vec<Variant> {
    const TASKS: usize = 64;
    let limit = options.workers.into();
    let form = |name, steps, wait, what: &'static str| {
        Variant::holds(name, move || drawn(Task { steps, wait }, TASKS, limit, what))
    };
    let wait = Duration::from_millis(1);
    Vec::from([
        form("cpu-bound", 30_000, Duration::ZERO, "that compute").story(
            "The tasks compute: a worker for each core \
                     keeps all cores busy, and more only take turns.",
        ),
        form("io-bound", 0, wait, "that wait 1 ms").story(
            "The tasks only wait, as for a disk or a network: \
                     with each worker more, one more waits at once.",
        ),
        form("mixed", 30_000, wait, "that do both").story(
            "The tasks do both: cores × (1 + waiting time \
                     / computing time) workers keep all cores busy.",
        ),
    ])
}

/// Draws the curve, a bar a size, if at each size all tasks were run in each of three runs, and all
/// workers were at work at once.
fn drawn(task: Task, tasks: usize, limit: usize, what: &str) -> Checked {
    let points = curve(task, tasks, limit).collect::<Result<Vec<_>, _>>();
    let points = points.map_err(|refused| refused.to_string())?;
    if let Some(point) =
        points.iter().find(|point| (point.run, point.most) != (3 * tasks, point.workers))
    {
        return Err(format!("of {tasks} tasks: {point:?}"));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rule = task.rule(cores).unwrap_or(tasks);
    let best = points.iter().map(|point| point.took).min().unwrap_or_default();
    let quickest = points.iter().find(|point| point.took == best).map_or(0, |point| point.workers);
    let line = format!("{tasks} tasks {what}: quickest with {}", workers(quickest));
    let worst = points.iter().map(|point| point.took).max().unwrap_or_default();
    let report = Report::measured(line).fact("by the rule", workers(rule));
    Ok(points.iter().fold(report, |report, point| {
        let bar = bar(point.took.as_secs_f64() / worst.as_secs_f64(), 24);
        report.fact(
            workers(point.workers),
            format!("{bar} {:>5.1} ms", point.took.as_secs_f64() * 1e3),
        )
    }))
}

fn workers(number: usize) -> String {
    if number == 1 { "1 worker".to_owned() } else { format!("{number} workers") }
}

/// Draws what becomes of time, threads and memory as there are more tasks: with a thread for each,
/// and beside it on a pool.
pub(super) fn unbounded(tasks: usize, workers: usize) -> Checked {
    let points = curve_of_threads(tasks, workers).collect::<Result<Vec<_>, _>>();
    let points = points.map_err(|refused| refused.to_string())?;
    for [each, pool] in &points {
        let count = each.runs.len();
        let (each, pool) = (checked(Ok(each.clone()), count)?, checked(Ok(pool.clone()), count)?);
        if each.most_alive != count || pool.most_alive > workers {
            return Err(format!(
                "{count} tasks: {} threads, {} on the pool",
                each.most_alive, pool.most_alive
            ));
        }
    }
    let memory = |outcome: &Outcome| {
        let more =
            outcome.system.map(|[before, most]| most.resident.saturating_sub(before.resident));
        more.map_or_else(String::new, |kib| format!(" {:.1} MiB", kib as f64 / 1024.0))
    };
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    let longest = points.iter().map(|[each, _]| each.took).max().unwrap_or_default();
    let line =
        format!("at each size a thread for each task; on the pool never more than {workers}");
    Ok(points.iter().fold(Report::new(line), |report, [each, pool]| {
        let bar = bar(each.took.as_secs_f64() / longest.as_secs_f64(), 5);
        let (of_each, of_pool) = (memory(each), memory(pool));
        let each =
            format!("{bar} {:>4.0} ms {:>5} threads{of_each}", ms(each.took), each.most_alive);
        let tasks = format!("{} tasks", pool.runs.len());
        report.fact(tasks, format!("{each}; pool {:.0} ms{of_pool}", ms(pool.took)))
    }))
}

/// Draws a share of so many columns.
fn bar(share: f64, columns: usize) -> String {
    let length = (share * columns as f64).ceil() as usize;
    "█".repeat(length.min(columns)) + &" ".repeat(columns.saturating_sub(length))
}
