//! The lesson `sizing`.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant};
use thread_pool::sizing::{Task, curve};

use super::text::{bar, count, line};

#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// Up to how many workers, 1 to 256
    #[arg(long, value_name = "N", default_value_t = 16,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
}

const TASKS: usize = 64;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("sizing", "how many workers: as many as can make progress at once")
        .story("64 tasks on 1, 2, 4 … workers: a worker for each core, or more if tasks wait.")
        .source("thread-pool/src/sizing.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 3] {
    let limit = options.workers.into();
    let curve = |name, steps, wait, what: &'static str| {
        Variant::holds(name, move || drawn(Task { steps, wait }, limit, what))
    };
    let wait = Duration::from_millis(1);
    [
        curve("cpu-bound", 30_000, Duration::ZERO, "that compute")
            .story("The tasks compute: one worker for each core, and more only cost switches."),
        curve("io-bound", 0, wait, "that wait 1 ms")
            .story("The tasks only wait: with each worker more, one more waits at once."),
        curve("mixed", 30_000, wait, "that do both")
            .story("The tasks do both: cores × (1 + waiting / computing) keep all cores busy."),
    ]
}

/// Draws the curve, a bar a size, if at each size all tasks were run in each of three runs, and all
/// workers were busy at once.
fn drawn(task: Task, limit: usize, what: &str) -> Checked {
    let points = curve(task, TASKS, limit).collect::<Result<Vec<_>, _>>().map_err(line)?;
    if let Some(point) =
        points.iter().find(|point| (point.run, point.most) != (3 * TASKS, point.workers))
    {
        return Err(format!("of {TASKS} tasks: {point:?}"));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rule = task.rule(cores).unwrap_or(TASKS);
    let best = points.iter().map(|point| point.took).min().unwrap_or_default();
    let quickest = points.iter().find(|point| point.took == best).map_or(0, |point| point.workers);
    let line = format!("{TASKS} tasks {what}: quickest with {quickest}; by the rule {rule}");
    let worst = points.iter().map(|point| point.took).max().unwrap_or_default();
    Ok(points.iter().fold(Report::measured(line), |report, point| {
        let bar = bar(point.took.as_secs_f64() / worst.as_secs_f64(), 24);
        let took = format!("{bar} {:>5.1} ms", point.took.as_secs_f64() * 1e3);
        report.fact(count(point.workers, "worker"), took)
    }))
}
